"""Every setting of the service (cấu hình); the only file that reads the environment.

Variables are `SOHOA_<GROUP>__<NAME>`; the defaults run without any. Documented in docs/settings.md.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.errors import BadSettings
from ocr.models import DEFAULT_FOLDER

PREFIX = "SOHOA_"
# Variables of the test suite alone (tests/services); the service ignores them.
_TEST_PREFIX = "SOHOA_TEST_"
# What manuals, this project's samples and habit put where a secret belongs.
SAMPLE_SECRETS = frozenset(
    {"secret", "password", "changeme", "change-me", "sohoa", "admin", "1234", "123456", "12345678", "demo"}
    | {"postgres", "elastic", "minioadmin", "matkhau", "test"}
)


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(_Group):
    """Database, files and audit log (kho dữ liệu)."""

    folder: Path = Path("var")
    """Data folder; everything of the embedded default lies beneath."""
    url: SecretStr | None = None
    """Database address (`postgresql+psycopg://…`, `sqlite:///…`); unset: `<folder>/sohoa.db`."""
    blobs_url: str | None = None
    """`s3://bucket/prefix` for the files; unset: `<folder>/blobs`."""
    blobs_endpoint: str | None = None
    blobs_region: str | None = None
    blobs_access_key: SecretStr | None = None
    blobs_secret_key: SecretStr | None = None
    heads_file: Path | None = None
    """Second place for the audit log's signed heads; unset: `<folder>/heads.jsonl`."""
    owner_secret: SecretStr | None = None
    """Keys the hash of owner numbers in the audit log; unset: `<folder>/keys/owner.key`, made at first."""
    wait_seconds: float = Field(default=10.0, gt=0, le=300)
    """How long to wait for the database's locks before saying that it does not answer."""
    keep_jobs_days: int = Field(default=30, ge=1, le=3650)
    """How long finished jobs are kept."""


class IntakeSettings(_Group):
    """What may come in, and where it waits before the state-secret gate (tiếp nhận)."""

    memory_folder: Path = Field(default_factory=lambda: Path("/dev/shm") / f"sohoa-{os.getuid()}")  # noqa: S108
    """Memory-backed folder: until the gate has passed, bytes lie only here."""
    memory_mb: int = Field(default=1024, ge=16)
    """Size cap of that folder; when it is full, uploads wait."""
    max_file_mb: int = Field(default=256, ge=1)
    """A larger file is refused by name."""
    max_request_mb: int = Field(default=512, ge=1)
    """A larger upload request is refused."""
    max_files: int = Field(default=100, ge=1, le=1000)
    """Files in one upload request."""
    max_pages: int = Field(default=2000, ge=1)
    """Pages in one file."""
    watch_seconds: float = Field(default=2.0, gt=0, le=3600)
    """How often a watched folder is looked at."""


class OcrSettings(_Group):
    """Recognition (nhận dạng chữ)."""

    profile: Literal["tesseract", "fast", "accurate"] = "accurate"
    jobs: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256)
    """Child processes that read pages; one a core."""
    page_seconds: float = Field(default=120.0, gt=0)
    """Time limit of a page; only that page's work is stopped."""
    memory_mb: int = Field(default=2048, ge=256)
    """Memory limit of a child."""
    models: Path = Field(default_factory=lambda: DEFAULT_FOLDER)
    """Folder with the model files of `fast` and `accurate`; filled by `sohoa models`."""


class SigningSettings(_Group):
    """The digitiser's key and what is trusted (ký số)."""

    trust: str = "none"
    """`none`, `vgca`, `neac` or a folder with bundle.toml."""
    offline: bool = True
    """Never ask OCSP or CRL servers; what was fetched before is still used."""
    fetch_allow: tuple[str, ...] = ()
    """Hosts (`host` or `host:port`) asked although they lie in the office's own network."""
    module: Path | None = None
    """PKCS#11 module of the token or HSM; unset: files wait for the digitiser's signature."""
    token: str | None = None
    """Token label."""
    key: str | None = None
    """Key label on the token."""
    pin: SecretStr | None = None
    softhsm_conf: Path | None = None
    """SOFTHSM2_CONF for the module, where SoftHSM2 is used."""
    recheck_days: int = Field(default=90, ge=0, le=3650)
    """Every how many days a record's signatures are judged again, give or take a quarter; 0: never."""
    recheck_from_hour: int = Field(default=19, ge=0, le=23)
    """Scheduled re-checks begin at this hour of Vietnam and later."""
    recheck_to_hour: int = Field(default=6, ge=0, le=23)
    """Until this hour; the same as from: all day."""
    recheck_at_once: int = Field(default=32, ge=1, le=1000)
    """How many re-checks wait in the queue or run at a time; the others wait as rows."""

    @model_validator(mode="after")
    def _check_complete(self) -> Self:
        if self.module is not None and not (self.token and self.key and self.pin):
            raise ValueError("SOHOA_SIGNING__MODULE cần đủ TOKEN, KEY và PIN")
        return self


class SearchSettings(_Group):
    """The index (tìm kiếm)."""

    backend: Literal["embedded", "elastic"] = "embedded"
    url: str | None = None
    """Elasticsearch address; several nodes with commas between them."""
    username: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = None
    """CA of an Elasticsearch server with its own certificate."""
    index: str = Field(default="sohoa", pattern=r"^[a-z][a-z0-9_-]{0,60}$")
    """Alias of the index."""
    timeout_seconds: float = Field(default=5.0, gt=0, le=60)

    @model_validator(mode="after")
    def _check_complete(self) -> Self:
        if self.backend == "elastic" and not self.addresses:
            raise ValueError("SOHOA_SEARCH__BACKEND=elastic cần SOHOA_SEARCH__URL")
        return self

    @property
    def addresses(self) -> list[str]:
        """The addresses of Elasticsearch; whichever answers is asked."""
        return [one.strip() for one in (self.url or "").split(",") if one.strip()]


class WebSettings(_Group):
    """The HTTP server and sign-in (cổng web)."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    processes: int = Field(default_factory=lambda: min(4, (os.cpu_count() or 1) // 2 + 1), ge=1, le=64)
    """Processes that serve; recognition wants the other cores. SQLite: always one."""
    https: bool = False
    """Whether browsers reach the service by https (reverse proxy); makes cookies Secure."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose X-Forwarded headers are believed."""
    session_hours: int = Field(default=12, ge=1, le=168)
    lookup_seconds: float = Field(default=0.5, gt=0, le=30)
    """Deadline of a reuse lookup, end to end."""


class ClientSettings(_Group):
    """Machine clients and what callers may ask (hệ thống ngoài, giới hạn, cảnh báo)."""

    lookups_per_second: float = Field(default=50.0, ge=0, le=10_000)
    """Reuse requests of one machine client, on average; 0: no limit."""
    lookup_burst: int = Field(default=200, ge=1, le=100_000)
    """Reuse requests of one machine client at once."""
    person_per_second: float = Field(default=10.0, ge=0, le=10_000)
    """Lookups, and searches, of one person, on average; 0: no limit. Searches of machines too."""
    person_burst: int = Field(default=100, ge=1, le=100_000)
    """The same at once."""
    token_seconds: int = Field(default=300, ge=30, le=3600)
    """How long a token got for a signed assertion holds."""
    alarm_window_seconds: int = Field(default=600, ge=10, le=86_400)
    """The time over which alarms count."""
    alarm_owners: int = Field(default=30, ge=0)
    """So many different owners in few dossiers raise an alarm; 0: off."""
    alarm_owners_per_dossier: float = Field(default=5.0, gt=0)
    """More owners a dossier than this are too many."""
    alarm_misses: int = Field(default=200, ge=0)
    """So many owners of whom nothing is found raise an alarm; 0: off."""
    alarm_miss_share: float = Field(default=0.98, gt=0, le=1)
    """… if they are at least this share of all owners asked about."""
    alarm_miss_seconds: int = Field(default=60, ge=1, le=86_400)
    """… within this time: faster than any counter asks."""
    alarm_near: int = Field(default=20, ge=0)
    """So many numbers beside one another raise an alarm; 0: off."""
    alarm_name_searches: int = Field(default=30, ge=0)
    """So many different searches for a name or number alone raise an alarm; 0: off."""
    alarm_blocks: bool = True
    """Whether an alarm about lookups stops the client until an administrator lifts it."""
    webhook_allow: tuple[str, ...] = ()
    """Receivers (`host` or `host:port`) that may lie in the office's own network."""
    expiring_days: int = Field(default=30, ge=1, le=366)
    """How many days before its end a used result is announced."""
    precheck_questions: int = Field(default=10_000, ge=1, le=100_000)
    """Questions in one pre-check."""
    precheck_hours: int = Field(default=72, ge=1, le=720)
    """How long the answers of a pre-check are kept."""
    precheck_per_second: float = Field(default=20.0, gt=0, le=1000)
    """Questions of pre-checks that one worker answers in a second."""


class Settings(BaseSettings):
    """All settings, frozen; built once by `load_settings` and taken apart in `api/wiring.py`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__", hide_input_in_errors=True
    )
    environment: Literal["production", "development"] = "production"
    """In `development` sample secrets are accepted."""
    store: StoreSettings = Field(default_factory=StoreSettings)
    intake: IntakeSettings = Field(default_factory=IntakeSettings)
    ocr: OcrSettings = Field(default_factory=OcrSettings)
    signing: SigningSettings = Field(default_factory=SigningSettings)
    search: SearchSettings = Field(default_factory=SearchSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    clients: ClientSettings = Field(default_factory=ClientSettings)

    @model_validator(mode="after")
    def _check_secrets(self) -> Self:
        if self.environment == "development":
            return self
        for name, secret in _iter_secrets(self):
            parts = _split_secret(secret)
            if any(part.strip().lower() in SAMPLE_SECRETS for part in parts):
                raise ValueError(f"{name} còn là giá trị mẫu; hãy đặt giá trị riêng")
        return self

    @property
    def database_url(self) -> str:
        """The database's address; the default is SQLite in the data folder."""
        if self.store.url is not None:
            return self.store.url.get_secret_value()
        return f"sqlite:///{self.store.folder.absolute() / 'sohoa.db'}"

    @property
    def keys_folder(self) -> Path:
        """Where the service's own keys lie."""
        return self.store.folder / "keys"

    @property
    def heads_file(self) -> Path:
        """Where signed heads of the audit log go besides the database."""
        return self.store.heads_file or self.store.folder / "heads.jsonl"

    @property
    def journal_folder(self) -> Path:
        """Where audit rows wait while the database is out of reach."""
        return self.store.folder / "journal"


def _iter_secrets(settings: Settings) -> Iterable[tuple[str, str]]:
    for group in type(settings).model_fields:
        value = getattr(settings, group)
        if not isinstance(value, BaseModel):
            continue
        for name in type(value).model_fields:
            secret = getattr(value, name)
            if isinstance(secret, SecretStr):
                yield f"{PREFIX}{group}__{name}".upper(), secret.get_secret_value()


def _split_secret(secret: str) -> tuple[str, ...]:
    """A plain secret as it is, of a database address only the password."""
    if "://" not in secret:
        return (secret,)
    login, at, _rest = secret.split("://", 1)[1].rpartition("@")
    return (login.partition(":")[2],) if at else ()


def known_names() -> frozenset[str]:
    """Every environment variable the service understands."""
    names: set[str] = set()
    for group, info in Settings.model_fields.items():
        model = info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            names |= {f"{PREFIX}{group}__{name}".upper() for name in model.model_fields}
        else:
            names.add(f"{PREFIX}{group}".upper())
    return frozenset(names)


def _check_names(environment: Mapping[str, str]) -> None:
    # pydantic-settings ignores a misspelt group (SOHOA_SERCH__URL) even with extra="forbid".
    given = {name.upper() for name in environment if name.upper().startswith(PREFIX)}
    unknown = sorted(name for name in given - known_names() if not name.startswith(_TEST_PREFIX))
    if unknown:
        raise BadSettings(f"Không có cấu hình tên {', '.join(unknown)}.")


def load_settings() -> Settings:
    """The settings of this process; raises `BadSettings` and never quotes a value."""
    _check_names(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(" ".join(_describe(error))) from None


def _describe(error: ValidationError) -> Iterable[str]:
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        where = PREFIX + "__".join(str(part) for part in item["loc"]).upper() if item["loc"] else ""
        yield f"{where}: {item['msg'].removeprefix('Value error, ')}.".removeprefix(": ")
