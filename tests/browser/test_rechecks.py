"""The page of changed verdicts in Chromium: by keyboard, counted in the rail, put aside."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.cli.serve import open_socket
from api.passwords import hash_password
from api.settings import IntakeSettings, OcrSettings, Settings, StoreSettings
from api.wiring import Service, build_service
from records.access import SYSTEM, Role
from records.actions.accounts import NewAccount, add_account
from records.actions.acting import Acting
from records.actions.units import add_unit
from records.model import RoleGrant, Unit
from records.states import SignatureValue
from records.verdicts import Cause
from tests.unit.api.test_rechecks import add_signed, add_verdict

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SCREENS = os.environ.get("SOHOA_TEST_SCREENS")
UNIT, PASSWORD = "H15.03", "mat-khau-thu-nghiem-dai"
LONG = "Quyết định về việc chấp thuận chủ trương đầu tư dự án khu dân cư nông thôn mới tại thôn Ea Kao " * 2


@pytest.fixture
def service(tmp_path: Path, memory_dir: Path) -> Iterator[Service]:
    """A service with an archivist and three changed verdicts."""
    made = build_service(
        Settings(
            store=StoreSettings(folder=tmp_path / "var"),
            intake=IntakeSettings(memory_folder=memory_dir),
            ocr=OcrSettings(jobs=1),
        )
    )
    made.prepare()
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    add_unit(made.store, acting, Unit(UNIT, "UBND xã Ea Kao"))
    grants = (RoleGrant(Role.ARCHIVIST.value, UNIT),)
    add_account(made.store, acting, NewAccount("an", "Nguyễn Thị An", grants, hash_password(PASSWORD)))
    add_verdict(made, add_signed(made, UNIT, title=LONG))
    add_verdict(
        made,
        add_signed(made, UNIT, title="Giấy xác nhận tình trạng hôn nhân"),
        value=SignatureValue.VALID,
        headline_vi="Chữ ký hợp lệ, tài liệu còn nguyên vẹn.",
        value_before=SignatureValue.UNDETERMINED,
        headline_before="Tài liệu nguyên vẹn; chưa xác định được người ký đáng tin.",
    )
    add_verdict(made, add_signed(made, UNIT, title=""), cause=Cause.SCHEDULE, trust=None)
    yield made
    made.close()


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """The running service."""
    listening = open_socket("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(service), access_log=False, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Signed in, on an office monitor; what the console complains of fails the test."""
    context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768}, locale="vi-VN")
    context.set_default_timeout(15_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.goto("/dang-nhap?tiep=/ket-luan-chu-ky")
    opened.fill("#login", "an")
    opened.fill("#password", PASSWORD)
    opened.press("#password", "Enter")
    opened.wait_for_url("**/ket-luan-chu-ky")
    yield opened
    context.close()
    # The seeded papers have no bytes: their pictures are not found.
    assert [text for text in complaints if "status of 4" not in text] == []


def keep(page: Page, name: str, folder: Path) -> None:
    """A screenshot; the page must not scroll sideways."""
    page.evaluate("document.fonts.ready")
    page.screenshot(path=(Path(SCREENS) if SCREENS else folder) / f"{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_changes_are_read_opened_and_put_aside(page: Page, tmp_path: Path) -> None:
    """Three changes counted; one put aside, one opened by keyboard with its history, then all put aside."""
    badge = page.locator(".rail .badge")
    expect(badge).to_contain_text("3")
    expect(page.locator("tbody tr")).to_have_count(3)
    keep(page, "ket-luan-chu-ky", tmp_path)
    page.locator("tbody tr").nth(0).get_by_role("button", name="Đã xem").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(badge).to_contain_text("2")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ho-so/*")
    page.get_by_text("Các lần kết luận (1)").click()
    expect(page.get_by_text("Đã thay đổi: Chữ ký hợp lệ")).to_be_visible()
    keep(page, "ho-so-ket-luan", tmp_path)
    page.goto("/ket-luan-chu-ky")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Đã xem tất cả").click()
    expect(page.get_by_text("Không có thay đổi nào bạn chưa xem")).to_be_visible()
    expect(badge).to_have_count(0)
    page.get_by_role("link", name="Xem các thay đổi trước").click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_narrow_screens_do_not_scroll_sideways(page: Page, tmp_path: Path) -> None:
    """At 1024 px everything is still in the window."""
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto("/ket-luan-chu-ky?tat_ca=true")
    keep(page, "ket-luan-chu-ky-1024", tmp_path)
