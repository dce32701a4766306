"""The demonstration's office (cơ quan mẫu): its folder, settings, service and the people who work there.

Everything lies below one folder; a second run reads `demo.json` there and makes nothing again.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from demo_pki import DemoPki, make_demo_pki

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PROVINCE, COMMUNE = "H15", "H15.03"
SOHOA = Path(sys.executable).with_name("sohoa")
# What the demonstration's one-stop shop may ask for; one type is left out on purpose.
ASKED_TYPES = ("KQ.H15.000123", "KQ.H15.000124", "KQ.H15.000125", "KQ.H15.000126")
OTHER_TYPE = "KQ.H15.000199"
TYPES = {
    "KQ.H15.000123": "Giấy xác nhận tình trạng hôn nhân",
    "KQ.H15.000124": "Giấy phép xây dựng nhà ở riêng lẻ",
    "KQ.H15.000125": "Quyết định trợ cấp xã hội hằng tháng",
    "KQ.H15.000126": "Giấy chứng nhận đăng ký hộ kinh doanh",
    OTHER_TYPE: "Phiếu lý lịch tư pháp (ngoài thoả thuận)",
}
PEOPLE = {
    "luu.tru": ("Nguyễn Thị Lưu", "archivist"),
    "luu.tru2": ("Trần Văn Trữ", "archivist"),
    "mot.cua": ("Lê Thị Cửa", "clerk"),
    "thanh.tra": ("Phạm Văn Tra", "auditor"),
}
USUAL_PORT = 8765
_READY_SECONDS = 90.0


class DemoFailed(Exception):
    """The demonstration cannot go on; the text says why and what to do."""


@dataclass
class Office:
    """The office on disk (cơ quan mẫu): where things lie and what has been done so far."""

    folder: Path
    state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> "Office":
        """The office of an earlier run, or an empty one; the mark lets the trust bundle `demo` be used."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "DEMO").touch()
        kept = folder / "demo.json"
        return cls(folder, json.loads(kept.read_text()) if kept.is_file() else {})

    def keep(self, **values: object) -> None:
        """Remember, in a file of the owner alone: it holds the sample people's passwords."""
        self.state.update(values)
        fresh = self.folder / ".demo.json"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(self.state, ensure_ascii=False, indent=1))
        fresh.replace(self.folder / "demo.json")

    @property
    def samples(self) -> Path:
        """The sample files."""
        return self.folder / "mau"

    @property
    def pki(self) -> DemoPki:
        """The invented PKI with its SoftHSM2 tokens, made at the first run."""
        return make_demo_pki(self.folder / "pki", datetime.now(VIETNAM).date())

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.state['port']}"

    @property
    def environment(self) -> dict[str, str]:
        """The service's settings: the demonstration's key and trust, and where to store and to search."""
        pki = self.pki
        key = pki.token_key("digitiser")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SOHOA_")}
        return (
            kept
            | self._back_ends
            | {
                "SOHOA_STORE__FOLDER": str(self.folder / "kho"),
                "SOHOA_WEB__PORT": str(self.state["port"]),
                "SOHOA_SIGNING__TRUST": str(pki.trust_folder),
                "SOHOA_SIGNING__MODULE": str(key.module_path),
                "SOHOA_SIGNING__TOKEN": key.token_label,
                "SOHOA_SIGNING__KEY": str(key.key_label),
                "SOHOA_SIGNING__PIN": key.pin,
                "SOHOA_SIGNING__SOFTHSM_CONF": str(pki.softhsm_conf),
            }
        )

    @property
    def _back_ends(self) -> dict[str, str]:
        """Nothing for the embedded default, else the addresses given at the first run."""
        found: dict[str, str] = {}
        if store := self.state.get("store"):
            found["SOHOA_STORE__URL"] = store
        if search := self.state.get("search"):
            found["SOHOA_SEARCH__BACKEND"] = "elastic"
            found["SOHOA_SEARCH__URL"] = search
            found["SOHOA_SEARCH__INDEX"] = self.state["index"]
        return found

    def prepare(self, store: str | None = None, search: str | None = None) -> None:
        """Choose a port once, make the data folder and mark it as the demonstration's.

        `store` and `search`, addresses of PostgreSQL and Elasticsearch, count until the office has people.
        """
        folder = self.folder / "kho"
        folder.mkdir(exist_ok=True, mode=0o700)
        (folder / "DEMO").touch()
        if "people" not in self.state:
            index = self.state.get("index", f"mau-{secrets.token_hex(4)}")
            self.keep(store=store, search=search, index=index)
        if not is_running(self):
            self.keep(port=find_port(self.state.get("port", USUAL_PORT)))

    def sohoa(self, *arguments: str, refusals: bool = False) -> Any:
        """Run `sohoa … --json` as an administrator would and read its answer."""
        done = subprocess.run(
            [str(SOHOA), *arguments, "--json"], env=self.environment, stdout=subprocess.PIPE, check=False
        )
        if done.returncode not in ({0, 1} if refusals else {0}):
            raise DemoFailed(f"`sohoa {arguments[0]}` kết thúc với mã {done.returncode}.")
        return json.loads(done.stdout)


def find_port(wanted: int) -> int:
    """The wanted port, or a free one when something else listens there."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoFailed("Không còn cổng nào để mở trang web.")


def is_running(office: Office) -> bool:
    """Whether the process that an earlier run started is still there."""
    kept = office.folder / "serve.pid"
    command = Path(f"/proc/{kept.read_text().strip()}/cmdline") if kept.is_file() else None
    return command is not None and command.is_file() and b"serve" in command.read_bytes()


def is_up(office: Office) -> bool:
    """Whether the office's service answers."""
    try:
        return httpx.get(f"{office.address}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def start_service(office: Office) -> None:
    """Start `sohoa serve` on its own, so that it stays when this script ends; wait until it is ready."""
    if is_running(office) and is_up(office):
        return
    with (office.folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [str(SOHOA), "serve"],
            env=office.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (office.folder / "serve.pid").write_text(str(process.pid))
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise DemoFailed(f"Dịch vụ không khởi động được; xem {office.folder / 'serve.log'}.")
        if is_up(office) and httpx.get(f"{office.address}/ready", timeout=10).status_code == 200:
            return
        time.sleep(0.3)
    raise DemoFailed(
        f"Dịch vụ chưa sẵn sàng sau {_READY_SECONDS:.0f} giây; xem {office.folder / 'serve.log'}."
    )


def stop_service(office: Office) -> bool:
    """End the service started by the demonstration; False when there was none."""
    if not is_running(office):
        return False
    kept = office.folder / "serve.pid"
    number = int(kept.read_text())
    kept.unlink()
    command = Path(f"/proc/{number}/cmdline")
    os.kill(number, signal.SIGTERM)
    for _ in range(100):
        if not command.is_file():
            return True
        time.sleep(0.1)
    return True


def add_people(office: Office) -> None:
    """Administrator, units, types, people and the one-stop shop's key; passwords are random, kept 0600."""
    if "people" in office.state:
        return
    chief = "quan.tri"
    made = office.sohoa("user", "add", chief, "--role", "administrator", "--name", "Đỗ Quản Trị")
    passwords = {chief: made["password"]}
    office.sohoa("unit", "add", PROVINCE, "Ủy ban nhân dân tỉnh (mẫu)", "--as", chief)
    office.sohoa("unit", "add", COMMUNE, "Ủy ban nhân dân xã (mẫu)", "--parent", PROVINCE, "--as", chief)
    for code, name in TYPES.items():
        office.sohoa("type", "add", code, name, "--as", chief)
    for login, (name, role) in PEOPLE.items():
        unit = () if role == "auditor" else ("--unit", PROVINCE)
        made = office.sohoa("user", "add", login, "--role", role, "--name", name, *unit, "--as", chief)
        passwords[login] = made["password"]
    types = [part for code in ASKED_TYPES for part in ("--type", code)]
    key = office.sohoa(
        "key", "add", "Một cửa (mẫu)", "--scope", "lookup", *types, "--unit", PROVINCE, "--as", chief
    )
    office.keep(people=passwords, key=key["token"], seed=secrets.randbelow(10**6))


@contextmanager
def sign_in(office: Office, login: str) -> Iterator[httpx.Client]:
    """A signed-in client of the programming interface."""
    with httpx.Client(base_url=f"{office.address}/api/v1", timeout=60) as client:
        check(client.post("/session", json={"login": login, "password": office.state["people"][login]}))
        yield client


def check(answer: httpx.Response, *accepted: int) -> Mapping[str, Any]:
    """The answer's body; raises `DemoFailed` with the service's own Vietnamese text on a failure."""
    if answer.is_success or answer.status_code in accepted:
        return answer.json() if answer.content else {}
    raise DemoFailed(
        f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
    )
