"""The verdict page and the check of a file that is not kept, in Chromium: by keyboard and dropping."""

import base64
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
import uvicorn
from demo_pki import DemoPki
from playwright.sync_api import Browser, Page, expect
from signed_samples import sign_as_office, tamper_after_signing

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
from signing.areas import LookPlan
from tests.pki.fixtures import build_pdf, pki
from tests.unit.api.conftest import COMMUNE, PASSWORD
from tests.unit.api.test_verdict_pages import keep
from tests.unit.signing.test_compare import write_on_page

__all__ = ["pki"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Made = TypeVar("Made")
SCREENS = os.environ.get("SOHOA_TEST_SCREENS")


@pytest.fixture
def service(tmp_path: Path, memory_dir: Path) -> Iterator[Service]:
    """A service with one clerk."""
    made = build_service(
        Settings(
            store=StoreSettings(folder=tmp_path / "var"),
            intake=IntakeSettings(memory_folder=memory_dir),
            ocr=OcrSettings(jobs=1),
        )
    )
    made.prepare()
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    add_unit(made.store, acting, Unit(COMMUNE, "UBND xã Ea Kao"))
    grants = (RoleGrant(Role.CLERK.value, COMMUNE),)
    add_account(made.store, acting, NewAccount("mc", "Trần Thị Một Cửa", grants, hash_password(PASSWORD)))
    yield made
    made.close()


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """Signed in, on an office monitor; what the console complains of fails the test."""
    listening = open_socket("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(service), access_log=False, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
        viewport={"width": 1366, "height": 768}, locale="vi-VN",
    )  # fmt: skip
    context.set_default_timeout(30_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.goto("/dang-nhap?tiep=/kiem-tra-chu-ky")
    opened.fill("#login", "mc")
    opened.fill("#password", PASSWORD)
    opened.press("#password", "Enter")
    opened.wait_for_url("**/kiem-tra-chu-ky")
    yield opened
    context.close()
    server.should_exit = True
    thread.join()
    assert complaints == []


def apart(make: Callable[[], Made]) -> Made:
    """`make` in a thread of its own: signing starts an event loop, and the browser has one here."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(make).result()


def take(page: Page, name: str, folder: Path) -> None:
    """A screenshot; the page must not scroll sideways."""
    page.evaluate("document.fonts.ready")
    page.screenshot(path=(Path(SCREENS) if SCREENS else folder) / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_pages_that_differ_are_walked_by_keyboard(
    page: Page, service: Service, pki: DemoPki, tmp_path: Path
) -> None:
    """n and p show the next and the former page, as it was signed and as it is, with its boxes."""
    record = apart(
        lambda: keep(service, write_on_page(write_on_page(sign_as_office(build_pdf(3), pki), 1), 3))
    )
    page.goto(f"/ho-so/{record}/chu-ky")
    expect(page.locator("#khac h2")).to_contain_text("trang 1")
    page.keyboard.press("n")
    expect(page.locator("#khac h2")).to_contain_text("trang 3")
    for picture in page.locator("#khac img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("(image) => image.naturalWidth") == 900
    assert page.locator("#khac rect.area").count() >= 2
    take(page, "chu-ky-khac-biet", tmp_path)
    page.keyboard.press("p")
    expect(page.locator("#khac h2")).to_contain_text("trang 1")
    page.set_viewport_size({"width": 683, "height": 768})
    take(page, "chu-ky-hep", tmp_path)


def test_a_long_paper_tells_how_far_it_is(page: Page, service: Service, pki: DemoPki, tmp_path: Path) -> None:
    """The verdict waits in words and in a bar, and is asked after."""
    record = apart(lambda: keep(service, sign_as_office(build_pdf(6), pki), plan=LookPlan(pages=2)))
    with page.expect_response("**/comparison"):
        page.goto(f"/ho-so/{record}/chu-ky")
        expect(page.locator("#comparison")).to_contain_text("2/6 trang")
    take(page, "chu-ky-dang-doi-chieu", tmp_path)


def test_a_dropped_file_is_checked(page: Page, pki: DemoPki, tmp_path: Path) -> None:
    """Dropping sends; the verdict has the focus and shows what changed; two at once are refused in words."""
    changed = apart(lambda: tamper_after_signing(sign_as_office(build_pdf(), pki)))
    pdf = base64.b64encode(changed).decode()
    take(page, "kiem-tra-chu-ky", tmp_path)
    make = """([data, count]) => {
        const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
        const dropped = new DataTransfer();
        for (let i = 0; i < count; i++) {
            dropped.items.add(new File([bytes], `qd-${i}.pdf`, { type: "application/pdf" }));
        }
        return dropped;
    }"""
    page.dispatch_event("#check", "drop", {"dataTransfer": page.evaluate_handle(make, [pdf, 2])})
    expect(page.locator("#working")).to_have_text("Hãy thả từng tệp một.")
    page.dispatch_event("#check", "drop", {"dataTransfer": page.evaluate_handle(make, [pdf, 1])})
    expect(page.locator("#result")).to_be_focused()
    expect(page.locator("#result h2")).to_have_text("Tài liệu bị thay đổi không được phép sau khi ký.")
    expect(page.locator("rect.area").first).to_be_attached()
    take(page, "kiem-tra-chu-ky-ket-qua", tmp_path)


def test_rubbish_is_told_in_words_by_keyboard_alone(page: Page, tmp_path: Path) -> None:
    """What is no PDF has its sentence and its next step; Enter sends."""
    rubbish = tmp_path / "a.pdf"
    rubbish.write_bytes(b"khong phai pdf")
    page.set_input_files("#file", rubbish)
    page.locator("#check button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#result h2")).to_have_text("Không mở được tệp để kiểm tra.")
    expect(page.locator("#result")).to_contain_text("Việc làm tiếp:")
