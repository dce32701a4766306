"""Every page and every path in Chromium, on an office after `make demo`; screenshots of what is seen."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from office import COMMUNE, Office
from playwright.sync_api import Browser, Page, expect
from sample_batch import Role
from sample_files import write_jpeg
from sample_papers import build_paper, draw_paper
from sample_paragraphs import RESULT_KINDS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

# SOHOA_TEST_SCREENS=docs/screens keeps the pictures; otherwise they are made and dropped with the run.
SCREENS = os.environ.get("SOHOA_TEST_SCREENS")

Keep = Callable[[Page, str], None]


@pytest.fixture
def page(browser: Browser, office: Office) -> Iterator[Page]:
    """A new page of an office monitor, 1366 by 768; what the console complains of fails the test."""
    context = browser.new_context(
        base_url=office.address, viewport={"width": 1366, "height": 768}, locale="vi-VN"
    )
    context.set_default_timeout(15_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    # A refusal that the test asked for is a failed load for the browser; a script error never is.
    assert [text for text in complaints if "status of 4" not in text] == []


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Take a screenshot under a name and see that the page does not scroll sideways."""
    folder = Path(SCREENS) if SCREENS else tmp_path

    def take(page: Page, name: str) -> None:
        page.evaluate("document.fonts.ready")
        page.screenshot(path=folder / f"{name}.png")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} px"

    return take


def enter(page: Page, office: Office, login: str) -> None:
    """Sign in with the keyboard alone."""
    page.goto("/dang-nhap")
    # Keys typed before the page has put the cursor into its first field would be lost.
    page.wait_for_function("document.activeElement && document.activeElement.tagName === 'INPUT'")
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(office.state["people"][login])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "dang-nhap" not in url)


def find_record(office: Office, role: Role) -> str:
    """The record of the sample with that role."""
    return next(row["record"] for row in office.state["files"] if row["role"] == role)


def test_sign_in(page: Page, office: Office, keep: Keep) -> None:
    """A wrong password says what to do and keeps the login; the right one leads to the page asked for."""
    page.goto("/ho-so")
    expect(page).to_have_url(re.compile(r"/dang-nhap\?tiep=/ho-so"))
    keep(page, "dang-nhap")
    page.fill("#login", "luu.tru")
    page.fill("#password", "sai")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("không đúng")
    expect(page.locator("#login")).to_have_value("luu.tru")
    page.fill("#password", office.state["people"]["luu.tru"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/ho-so$"))


def test_batch_page_adds_up(page: Page, office: Office, keep: Keep) -> None:
    """The strip shows what was received as the sum of what became of it; each refusal has its reason."""
    enter(page, office, "luu.tru")
    keep(page, "lo-quet")
    page.goto(f"/lo/{office.state['batch']}")
    numbers = [int(text) for text in page.locator(".stages b").all_inner_texts()]
    assert numbers[0] == 14 == sum(numbers[1:])
    expect(page.locator("tbody tr")).to_have_count(14)
    expect(page.locator("text=ENCRYPTED_FILE")).to_be_visible()
    keep(page, "mot-lo")


def test_sending_files_is_live(page: Page, office: Office, keep: Keep, tmp_path: Path) -> None:
    """A file sent in the browser moves to review by itself, without a reload."""
    paper = build_paper(4711, RESULT_KINDS[0], date(2026, 7, 1), 2, 4711)
    write_jpeg(tmp_path / "to-moi.jpg", draw_paper(paper, 200, 4711), 200)
    enter(page, office, "luu.tru")
    page.goto("/lo")
    page.fill("#label", "Lô thử trình duyệt")
    page.select_option("#unit", COMMUNE)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/lo/[0-9a-f-]{36}"))
    page.set_input_files("#files", tmp_path / "to-moi.jpg")
    page.click("text=Gửi tệp")
    expect(page.locator("#sending li")).to_contain_text("đã nhận", timeout=60_000)
    expect(page.locator("tbody .state.doubt")).to_contain_text("Chờ người kiểm tra", timeout=90_000)
    keep(page, "lo-dang-nhan")


def test_record_page(page: Page, office: Office, keep: Keep) -> None:
    """Words have boxes on the page, a value lights its box, files can be downloaded, history names people."""
    enter(page, office, "luu.tru")
    page.goto(f"/ho-so/{find_record(office, Role.VALID)}")
    expect(page.locator("#words rect").nth(60)).to_be_attached()
    page.locator("[data-box]").first.focus()
    expect(page.locator("#words rect.lit")).to_have_count(1)
    with page.expect_download() as original:
        page.click("text=Bản gốc")
    assert Path(original.value.path()).read_bytes().startswith(b"%PDF")
    expect(page.locator("ol.timeline").last).to_contain_text("Nguyễn Thị Lưu")
    keep(page, "ho-so")
    page.locator("#h-sign").scroll_into_view_if_needed()
    expect(page.locator(".leaf.loading")).to_have_count(0, timeout=15_000)
    expect(page.locator("#h-sign ~ .verdict dd").last).to_contain_text(
        re.compile(r"\d\d:\d\d \d\d/\d\d/\d{4}")
    )
    page.wait_for_timeout(300)
    keep(page, "ho-so-chu-ky")


def test_tampered_paper_is_never_green(page: Page, office: Office, keep: Keep) -> None:
    """A paper changed after signing says so in words and in red."""
    enter(page, office, "luu.tru")
    page.goto(f"/ho-so/{find_record(office, Role.SIGN_TAMPERED)}")
    expect(page.locator(".verdict .headline .state.refused")).to_contain_text("không hợp lệ")
    expect(page.locator(".requirement .state.doubt")).to_contain_text("không còn đúng")
    with page.expect_download() as report:
        page.click("text=ETSI XML")
    assert "mainindication:total-failed" in Path(report.value.path()).read_text(encoding="utf-8")
    page.locator("#h-sign").scroll_into_view_if_needed()
    keep(page, "ho-so-bi-sua")


def test_review_with_the_keyboard(page: Page, office: Office, keep: Keep) -> None:
    """A paper is confirmed with keys alone; a wrong value is refused and what was typed stays."""
    enter(page, office, "luu.tru")
    page.goto("/kiem-tra")
    keep(page, "cho-kiem-tra")
    left = page.locator("tbody tr").count()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/kiem-tra/[0-9a-f-]{36}"))
    first = page.url
    expect(page.locator("#words rect").nth(20)).to_be_attached()
    expect(page.locator("#review input:focus")).to_have_count(1)
    if page.locator("#review input:focus[data-box]").count():
        expect(page.locator("#words rect.lit")).to_have_count(1)
    keep(page, "kiem-tra")
    page.fill("#f-ngay_ban_hanh", "ngày mai")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Ngày")
    expect(page.locator("#f-ngay_ban_hanh")).to_have_value("ngày mai")
    page.fill("#f-ngay_ban_hanh", "2026-02-03")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != first)
    page.goto("/kiem-tra")
    assert page.locator("tbody tr").count() == left - 1


def test_search(page: Page, office: Office, keep: Keep) -> None:
    """The slash goes to the box; words without diacritics find and light words that have them."""
    enter(page, office, "luu.tru")
    page.goto("/ho-so")
    page.keyboard.press("/")
    page.keyboard.type("xac nhan hon nhan")
    page.keyboard.press("Enter")
    expect(page.locator("article mark").first).to_be_visible()
    keep(page, "tim-kiem")
    page.goto("/tim?q=kh%C3%B4ng%20c%C3%B3%20gi%E1%BA%A5y%20n%C3%A0o%20nh%C6%B0%20th%E1%BA%BF%20zzzz")
    expect(page.locator("main")).not_to_contain_text("Traceback")
    owner = office.state["truths"]["valid"]["owner_id"]
    page.fill("#find", owner)
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_count(1)
    assert owner not in page.url
    number = office.state["truths"]["valid"]["so_ky_hieu"]
    page.goto(f"/tim?q={number}")
    expect(page.locator("article h3").first).to_be_visible()
    page.locator("article h3 a").first.click()
    expect(page.locator("#words rect").nth(20)).to_be_attached()


def test_lookup(page: Page, office: Office, keep: Keep) -> None:
    """The clerk at the counter gets an answer in words; without a purpose it is a refusal."""
    truth = office.state["truths"]["valid"]
    enter(page, office, "mot.cua")
    page.goto("/tra-cuu")
    page.fill("#owner", truth["owner_id"])
    page.fill("#type_code", truth["result_type"])
    page.keyboard.press("Enter")
    expect(page.locator(".decision")).to_contain_text("TU_CHOI_THIEU_MUC_DICH")
    page.fill("#dossier", "H15.03-261120-0007")
    page.fill("#procedure", "1.004222")
    page.keyboard.press("Enter")
    expect(page.locator(".decision")).to_contain_text("Có giấy tờ dùng lại được")
    expect(page.locator("article")).to_contain_text(truth["so_ky_hieu"])
    keep(page, "tra-cuu")
    page.fill("#owner", "12345")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("không đúng dạng")


def test_administration(page: Page, office: Office, keep: Keep) -> None:
    """Units, types, people and keys are added and ended with a date; secrets show once."""
    enter(page, office, "quan.tri")
    page.goto("/quan-tri")
    page.fill("#code", "H15.09")
    page.fill("#name", "Ủy ban nhân dân xã Thử Nghiệm Trình Duyệt Có Tên Rất Dài Để Xem Bảng")
    page.click("text=Thêm đơn vị")
    expect(page.locator("tr", has_text="H15.09").last).to_be_visible()
    keep(page, "quan-tri-don-vi")
    page.goto("/quan-tri/loai")
    page.fill("#code", "KQ.H15.000777")
    page.fill("#name", "Giấy thử nghiệm")
    page.click("button.primary")
    expect(page.locator("tr", has_text="KQ.H15.000777")).to_be_visible()
    keep(page, "quan-tri-loai")
    page.goto("/quan-tri/nguoi-dung")
    page.fill("#login", "thu.nghiem")
    page.fill("#display_name", "Vũ Thị Thử")
    page.select_option("#role", "clerk")
    page.click("text=Thêm người dùng")
    expect(page.get_by_role("status")).to_contain_text("Chỉ hiện một lần")
    keep(page, "quan-tri-nguoi-dung")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("tr", has_text="thu.nghiem").locator("text=Kết thúc").click()
    expect(page.get_by_role("status")).to_contain_text("ngày kết thúc")
    page.goto("/quan-tri/khoa")
    page.fill("#label", "Phần mềm thử")
    page.click("text=Tạo khoá")
    expect(page.get_by_role("status")).to_contain_text("sohoa_")
    keep(page, "quan-tri-khoa")


def test_false_hit_needs_two_people(page: Page, office: Office, keep: Keep) -> None:
    """One person proposes that a hit was false, only another lifts it; nothing of the page is shown."""
    for login, said in (("luu.tru", "chờ người thứ hai"), ("luu.tru2", "Đã gỡ")):
        enter(page, office, login)
        page.goto("/su-co")
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Báo nhầm").click()
        expect(page.locator("tbody tr").first).to_contain_text(said)
        keep(page, "su-co-mat")
        page.click("text=Đăng xuất")


def test_audit_page(page: Page, office: Office, keep: Keep) -> None:
    """The auditor reads who did what and why."""
    enter(page, office, "thanh.tra")
    page.goto("/nhat-ky")
    expect(page.locator("tbody tr").nth(5)).to_be_visible()
    keep(page, "nhat-ky")


def test_no_right_is_said_in_words(page: Page, office: Office, keep: Keep) -> None:
    """A page outside one's role explains itself and shows nothing of what it hides."""
    enter(page, office, "mot.cua")
    answer = page.goto("/quan-tri/khoa")
    assert answer is not None and answer.status == 403
    expect(page.get_by_role("alert")).to_contain_text("không có quyền")
    keep(page, "khong-co-quyen")


def test_narrow_screens_do_not_scroll_sideways(page: Page, office: Office) -> None:
    """At 1024 pixels every page still fits."""
    page.set_viewport_size({"width": 1024, "height": 768})
    enter(page, office, "luu.tru")
    for path in ("/lo", f"/lo/{office.state['batch']}", "/kiem-tra", "/ho-so", "/tim?q=xac+nhan", "/su-co"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
