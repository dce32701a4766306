"""People the action tests act as."""

from records.access import Principal, Role, Scope, build_reach
from records.actions.acting import Acting
from tests.factories import NOW, UNIT


def make_acting(role: Role, units: frozenset[str] | None = frozenset({UNIT}), login: str = "") -> Acting:
    """Somebody with a role in some units (None: the province)."""
    reach = build_reach({role: Scope(units)})
    return Acting(Principal(login or role.value, role.value, "person", reach, UNIT), NOW, "api")


ARCHIVIST = make_acting(Role.ARCHIVIST)
CLERK = make_acting(Role.CLERK)
SIGNER = make_acting(Role.SIGNER)
ADMINISTRATOR = make_acting(Role.ADMINISTRATOR, None)
STRANGER = make_acting(Role.ARCHIVIST, frozenset({"H15.99"}), "stranger")
