"""The search page and the page of the index in Chromium: the list before its choices, script or none."""

import os
import re
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
from tests.parity import UNITS, build_documents

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SCREENS = os.environ.get("SOHOA_TEST_SCREENS")
PASSWORD = "mat-khau-thu-nghiem-dai"
QUESTION = "/tim?q=quy+hoach"


@pytest.fixture
def service(tmp_path: Path, memory_dir: Path) -> Iterator[Service]:
    """A service with the invented papers in its index, and somebody who searches and looks after it."""
    made = build_service(
        Settings(
            store=StoreSettings(folder=tmp_path / "var"),
            intake=IntakeSettings(memory_folder=memory_dir),
            ocr=OcrSettings(jobs=1),
        )
    )
    made.prepare()
    acting = Acting(SYSTEM, datetime.now(UTC), "test")
    for code in UNITS:
        add_unit(made.store, acting, Unit(code, f"UBND xã số {code[-1]}"))
    grants = (
        RoleGrant(Role.ADMINISTRATOR.value, None),
        *(RoleGrant(Role.CLERK.value, code) for code in UNITS),
    )
    add_account(made.store, acting, NewAccount("an", "Nguyễn Thị An", grants, hash_password(PASSWORD)))
    made.index.upsert(build_documents())
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


def sign_in(browser: Browser, address: str, *, script: bool = True) -> Page:
    """A page of an office monitor, signed in."""
    context = browser.new_context(
        base_url=address, viewport={"width": 1366, "height": 768}, locale="vi-VN", java_script_enabled=script
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto("/dang-nhap?tiep=/tim")
    page.fill("#login", "an")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/tim")
    return page


def keep(page: Page, name: str, folder: Path) -> None:
    """A screenshot of the whole page."""
    page.screenshot(path=(Path(SCREENS) if SCREENS else folder) / f"{name}.png", full_page=True)


def check_width(page: Page) -> None:
    """The page does not scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_choices_follow_the_list_and_filter_it(browser: Browser, address: str, tmp_path: Path) -> None:
    """The list is there before its choices; one of them narrows it at once and brings its chip and counts."""
    page = sign_in(browser, address)
    page.goto(QUESTION)
    expect(page.locator("article").first).to_be_visible()
    box = page.get_by_role("checkbox", name=re.compile("Thông báo"))
    expect(box).to_be_visible()
    shown = page.locator("form.facets label", has=box).locator(".n").inner_text()
    check_width(page)
    keep(page, "tim-kiem-bo-loc", tmp_path)
    box.check()
    page.wait_for_url("**kind=Th*")
    expect(page.locator("h1 [data-total]")).to_have_text(shown)
    expect(page.locator(".chip")).to_contain_text("Thông báo")
    expect(box).to_be_checked()
    page.context.close()


def test_choices_that_cannot_be_counted_are_told(browser: Browser, address: str) -> None:
    """The list stays when its choices do not come, with a way to have them."""
    page = sign_in(browser, address)
    page.route("**/tim/loc?*", lambda route: route.abort())
    page.goto(QUESTION)
    expect(page.locator("[data-facets]")).to_contain_text("Chưa đếm được bộ lọc.")
    expect(page.locator("article").first).to_be_visible()
    page.get_by_role("link", name="Hiện bộ lọc").click()
    expect(page.get_by_role("checkbox").first).to_be_visible()
    page.context.close()


def test_choices_without_a_script(browser: Browser, address: str) -> None:
    """A link brings the choices, a button applies them."""
    page = sign_in(browser, address, script=False)
    page.goto(QUESTION)
    page.get_by_role("link", name="Hiện bộ lọc").click()
    page.get_by_role("checkbox", name=re.compile("Thông báo")).check()
    page.get_by_role("button", name="Lọc").click()
    expect(page.locator(".chip")).to_contain_text("Thông báo")
    expect(page.get_by_role("checkbox", name=re.compile("Thông báo"))).to_be_checked()
    page.context.close()


@pytest.mark.parametrize("width", [1366, 1024])
def test_index_page(browser: Browser, address: str, tmp_path: Path, width: int) -> None:
    """Where the index stands, a check and what came of it, without scrolling sideways."""
    page = sign_in(browser, address)
    page.set_viewport_size({"width": width, "height": 768})
    page.goto("/quan-tri/chi-muc")
    expect(page.get_by_text("Chưa kiểm tra lần nào")).to_be_visible()
    check_width(page)
    keep(page, f"chi-muc-{width}-truoc", tmp_path)
    page.get_by_role("button", name="Kiểm tra lệch").click()
    expect(page.get_by_role("table").last).to_contain_text("300")
    check_width(page)
    keep(page, f"chi-muc-{width}", tmp_path)
    page.context.close()
