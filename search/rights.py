"""Whether the caller may ask at all (quyền tra cứu): decided by caller, purpose and type, never by rows."""

from records.access import Permission
from records.actions.acting import Acting
from records.agreements import is_agreed
from records.ports import LookupPurpose


def is_allowed(acting: Acting, type_code: str, purpose: LookupPurpose) -> bool:
    """People by their roles; a machine client only by an agreement that holds today.

    The agreement is compared on the day of asking, not on the day asked about.
    """
    principal = acting.principal
    if not principal.may(Permission.LOOKUP):
        return False
    if principal.rights is None:
        return True
    return is_agreed(
        principal.rights, type_code, purpose.procedure, purpose.dossier, principal.home_unit, acting.today
    )
