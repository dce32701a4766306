"""Opens the parts that settings choose between (mở các bộ phận): files, index, trusted roots, key.

Called by `api.wiring` alone; imports stand beside their use, so that a quick command opens little.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from api.folders import DEMO_MARK
from api.settings import ClientSettings, SearchSettings, SigningSettings, StoreSettings
from records.errors import MissingPart
from records.ports import BlobStore, Clock, Store

if TYPE_CHECKING:
    from api.watch import Watch
    from ingest.recheck_dates import RecheckRules
    from ingest.signatures import TrustSource
    from records.sql.unit_of_work import SqlStore
    from search.index import SearchIndex
    from signing.sign import DigitiserSigner


def open_watch(store: Store, clock: Clock, secret: bytes, given: ClientSettings) -> "Watch":
    """The watch with its rules."""
    from api.watch import Watch
    from records.alarms import AlarmRules

    rules = AlarmRules(
        window_seconds=given.alarm_window_seconds,
        owners=given.alarm_owners,
        owners_per_dossier=given.alarm_owners_per_dossier,
        misses=given.alarm_misses,
        miss_share=given.alarm_miss_share,
        miss_seconds=given.alarm_miss_seconds,
        near=given.alarm_near,
        name_searches=given.alarm_name_searches,
    )
    return Watch(store, clock, secret, rules, blocks=given.alarm_blocks)


def open_blobs(given: StoreSettings, folder: Path) -> BlobStore:
    """The files: S3 where an address is set, else below the data folder."""
    from records.blobs import LocalBlobStore

    return _open_s3(given, given.blobs_url) if given.blobs_url else LocalBlobStore(folder / "blobs")


def _open_s3(given: StoreSettings, url: str) -> BlobStore:
    """Blobs at `s3://bucket/prefix`."""
    from obstore.store import S3Config, S3Store

    from records.blobs import ObjectBlobStore

    bucket, _slash, prefix = url.removeprefix("s3://").partition("/")
    access, secret = given.blobs_access_key, given.blobs_secret_key
    config: S3Config = {}
    if given.blobs_endpoint:
        config["endpoint"] = given.blobs_endpoint
    if given.blobs_region:
        config["region"] = given.blobs_region
    if access and secret:
        config["access_key_id"] = access.get_secret_value()
        config["secret_access_key"] = secret.get_secret_value()
    store = S3Store(bucket, config=config)
    return ObjectBlobStore(store, prefix or "blobs")


def open_trust(given: SigningSettings, folder: Path) -> "TrustSource":
    """Where the trusted roots lie; the demo's are accepted only in a data folder the demo made."""
    from ingest.signatures import TrustSource
    from signing.fetch import build_rules
    from signing.trust import load_bundle

    if given.trust == "none":
        return TrustSource()
    named = given.trust in {"vgca", "neac"}
    roots = folder / "trust" / given.trust if named else Path(given.trust)
    if not (roots / "bundle.toml").is_file():
        raise MissingPart(f"Không có bundle.toml trong {roots}.")
    rules = build_rules(folder, online=not given.offline, allowed=given.fetch_allow)
    source = TrustSource(roots, (folder / DEMO_MARK).is_file(), rules)
    # A bundle that cannot be used stops the service here, not every paper on its way.
    load_bundle(roots, allow_demo=source.allow_demo)
    return source


def build_recheck_rules(given: SigningSettings) -> "RecheckRules":
    """When signatures of records are judged again."""
    from ingest.recheck_dates import RecheckRules

    night = (given.recheck_from_hour, given.recheck_to_hour)
    return RecheckRules(given.recheck_days, night, given.recheck_at_once)


def open_signer(given: SigningSettings) -> "DigitiserSigner | None":
    """The digitiser's key, None where no PKCS#11 module is set; logs in at the first signature."""
    from signing.keys import Pkcs11Key
    from signing.sign import DigitiserSigner

    if given.module is None or given.pin is None:
        return None
    return DigitiserSigner(
        Pkcs11Key(
            given.module,
            given.token or "",
            given.pin.get_secret_value(),
            given.key or "",
            softhsm_conf=given.softhsm_conf,
        )
    )


def open_elastic(given: SearchSettings) -> "SearchIndex":
    """The index on Elasticsearch."""
    from search.elastic import ElasticIndex, make_client

    password = given.password.get_secret_value() if given.password else ""
    ca_file = str(given.ca_file) if given.ca_file else None
    client = make_client(given.addresses, given.username or "", password, ca_file, given.timeout_seconds)
    return ElasticIndex(client, given.index)


def open_embedded(database: "SqlStore | None", folder: Path) -> "SearchIndex":
    """The index in SQLite: in the records' own file, or without one in a file of its own."""
    from records.sql.engine import make_engine
    from search.embedded import EmbeddedIndex

    return EmbeddedIndex(database.engine if database else make_engine(f"sqlite:///{folder / 'search.db'}"))
