"""What this service trusts, as a page of administration (bộ chứng thư tin cậy): to be read, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from api.deps import Needs, ServiceDep
from api.web.admin import render_section
from api.web.rendering import PageRoute
from records.access import Permission
from records.actions.acting import Acting
from records.errors import SigningError

if TYPE_CHECKING:
    from signing.trust import TrustBundle
    from signing.trust_facts import CertificateFacts, TrustFinding

router = APIRouter(route_class=PageRoute, prefix="/quan-tri")
TrustManager = Annotated[Acting, Depends(Needs(Permission.TRUST_MANAGE, "web"))]


@dataclass(frozen=True, slots=True)
class ShownBundle:
    """One bundle on the page (một bộ chứng thư); `problem` where it cannot be read."""

    name: str
    in_use: bool
    bundle: "TrustBundle | None" = None
    certificates: "Sequence[CertificateFacts]" = ()
    findings: "Sequence[TrustFinding]" = ()
    versions: Sequence[str] = ()
    problem: str = ""


@router.get("/tin-cay")
def get_trust(request: Request, service: ServiceDep, acting: TrustManager) -> HTMLResponse:
    """Bundles, their certificates with fingerprints, what needs a look, and the table of holders."""
    used = service.settings.signing.trust
    named = {name: service.folder / "trust" / name for name in ("vgca", "neac")}
    if used != "none" and used not in named:
        named[used] = Path(used)
    shown = [
        _show(name, folder, acting.at, in_use=name == used)
        for name, folder in named.items()
        if (folder / "bundle.toml").is_file()
    ]
    return render_section(request, acting, "tin-cay", bundles=shown, used=used)


def _show(name: str, folder: Path, now: datetime, *, in_use: bool) -> ShownBundle:
    """A bundle as it lies on the disk; one that cannot be read says so instead of failing the page."""
    from signing.trust import load_bundle
    from signing.trust_facts import check_bundle, describe_certificate
    from signing.trust_store import list_versions

    try:
        # Shown only: whether the trial run's roots serve is decided where signatures are judged.
        bundle = load_bundle(folder, allow_demo=True)
    except SigningError as error:
        return ShownBundle(name, in_use, problem=error.text_vi)
    certificates = [describe_certificate(item) for item in (*bundle.roots, *bundle.intermediates)]
    return ShownBundle(name, in_use, bundle, certificates, check_bundle(bundle, now), list_versions(folder))
