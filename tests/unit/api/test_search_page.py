"""The search page: facets, chips, pages of any depth, suggestions, kept searches."""

import html
import re
from datetime import date

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Service
from records.access import Role
from records.model import RoleGrant
from search.document import IndexDocument
from tests.unit.api.conftest import COMMUNE, OTHER, PASSWORD, AddPerson


@pytest.fixture
def clerk(service: Service, add_person: AddPerson) -> TestClient:
    """A clerk of one commune in front of the pages."""
    add_person("mc", Role.CLERK, COMMUNE)
    client = TestClient(create_app(service), raise_server_exceptions=False)
    client.post("/api/v1/session", json={"login": "mc", "password": PASSWORD})
    return client


@pytest.fixture
def shelf(service: Service) -> None:
    """Sixty papers of the commune, some of another."""
    kinds = ("Quyết định", "Kế hoạch", "Báo cáo")
    service.index.upsert(
        [
            IndexDocument(
                f"r{at}", 1, f"{kinds[at % 3]} thu hồi đất", "Đất <b>nông nghiệp</b>.", f"{at}/QĐ-UBND",
                "UBND <i>xã</i>", kinds[at % 3], date(2020 + at % 4, 1, 1), COMMUNE if at % 10 else OTHER,
            )
            for at in range(60)
        ]
    )  # fmt: skip


def addresses(page: str) -> list[str]:
    """Every address the page links."""
    return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', page)]


@pytest.mark.usefixtures("shelf")
class TestPage:
    """What a clerk sees."""

    def test_walks_to_the_end(self, clerk: TestClient) -> None:
        """ "Trang sau" leads through every hit of the clerk's unit, each once, and ends."""
        where, seen = "/tim?q=thu+hoi+dat", []
        for _ in range(10):
            page = clerk.get(where).text
            seen += re.findall(r'data-preview="(r\d+)"', page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            if following is None:
                break
            where = html.unescape(following[1])
        assert len(seen) == len(set(seen)) == 54

    def test_chip_takes_its_choice_away(self, clerk: TestClient) -> None:
        """Each chosen value has a chip that leaves out that value alone; other kinds keep their counts."""
        page = clerk.get("/tim?q=đất&kind=Quyết+định&kind=Báo+cáo&year=2020&loc=true").text
        chips = [found for found in addresses(page) if found.startswith("/tim?q=%C4%91%E1%BA%A5t&")]
        assert any(
            "B%C3%A1o" in chip and "Quy%E1%BA%BFt" not in chip and "year=2020" in chip for chip in chips
        )
        assert "Kế hoạch" in page

    def test_facets_follow_the_list(self, clerk: TestClient) -> None:
        """The list comes alone and keeps what is chosen; facets and total are a part fetched afterwards."""
        page = clerk.get("/tim?q=đất&kind=Báo+cáo").text
        assert 'type="checkbox"' not in page
        assert '<input type="hidden" name="kind" value="Báo cáo">' in page
        [where] = re.findall(r'data-facets="([^"]+)"', page)
        part = clerk.get(html.unescape(where)).text
        assert "<html" not in part
        assert 'data-counted="18"' in part
        assert re.search(r'value="Báo cáo" checked>.*?"n">18<', part)
        assert re.search(r'value="Kế hoạch" >.*?"n">18<', part)

    def test_facets_without_a_script(self, clerk: TestClient) -> None:
        """A link brings the page with its facets, and what is chosen there brings them again."""
        page = clerk.get("/tim?q=đất").text
        [where] = {found for found in addresses(page) if "loc=true" in found}
        page = clerk.get(where).text
        assert 'type="checkbox"' in page
        assert '<input type="hidden" name="loc" value="true">' in page
        assert "data-facets" not in page

    def test_facets_count_the_callers_papers_alone(self, clerk: TestClient) -> None:
        """The part for the facets is under the same scope as the list, and needs a search to count."""
        part = clerk.get("/tim/loc?q=đất").text
        assert 'data-counted="54"' in part
        assert OTHER not in part

    def test_tells_what_was_searched_instead(self, clerk: TestClient) -> None:
        """An unknown word is told with its accents and a way to insist."""
        page = clerk.get("/tim?q=thu+hoi+datt").text
        assert "thu hồi đất</b>" in page
        assert any("literal=true" in found for found in addresses(page))

    def test_a_changed_cursor_is_explained(self, clerk: TestClient) -> None:
        """A cursor that was tampered with is a page in Vietnamese, not a failure."""
        page = clerk.get("/tim?q=thu+hoi+dat&sau=AAAA")
        assert (page.status_code, "hãy tìm lại" in page.text) == (422, True)

    def test_a_cursor_is_its_owners(self, clerk: TestClient, service: Service, add_person: AddPerson) -> None:
        """Somebody else cannot go on where the clerk stopped."""
        page = clerk.get("/tim?q=thu+hoi+dat").text
        following = next(found for found in addresses(page) if "sau=" in found)
        add_person("khac", Role.CLERK, COMMUNE)
        other = TestClient(create_app(service), raise_server_exceptions=False)
        other.post("/api/v1/session", json={"login": "khac", "password": PASSWORD})
        assert other.get(following).status_code == 422
        with service.store.write() as work:
            account = work.accounts.find_by_login("mc")
            assert account is not None
            work.accounts.set_grants(account.id, (RoleGrant(Role.CLERK.value, OTHER),))
            work.commit()
        clerk.post("/api/v1/session", json={"login": "mc", "password": PASSWORD})
        assert clerk.get(following).status_code == 422

    def test_nothing_of_a_paper_is_markup(self, clerk: TestClient) -> None:
        """Text of papers and of the person is shown, never run."""
        page = clerk.get("/tim", params={"q": "đất <script>alert(1)</script>"}).text
        assert "<script>alert" not in page
        assert "<b>nông" not in page
        assert "<i>xã" not in page

    def test_numbers_are_grouped(self, clerk: TestClient) -> None:
        """Papers of one number stand under their year and body."""
        assert "Năm 2023 · UBND" in clerk.get("/tim?q=7/QĐ-UBND").text

    def test_similar_papers(self, clerk: TestClient) -> None:
        """A paper leads to those like it, and a foreign one to none."""
        assert 'data-preview="r4"' in clerk.get("/tim/tuong-tu/r1").text
        assert "data-preview" not in clerk.get("/tim/tuong-tu/r10").text

    def test_keeps_and_opens_a_search(self, clerk: TestClient) -> None:
        """A search kept by name is found again with its choices, and can be removed."""
        address = "/tim?q=thu+h%E1%BB%93i&kind=B%C3%A1o+c%C3%A1o&order=title"
        page = clerk.post("/tim/luu", data={"address": address, "name": "Báo cáo đất"}).text
        assert "Báo cáo đất" in page
        assert address in addresses(page)
        [id] = re.findall(r"/tim/da-luu/([^/]+)/xoa", page)
        assert "Với UBND xã Ea Kao" in clerk.post(f"/tim/da-luu/{id}/chia-se", data={"unit": COMMUNE}).text
        assert "Báo cáo đất" not in clerk.post(f"/tim/da-luu/{id}/xoa").text

    def test_export_is_asked_for(self, clerk: TestClient) -> None:
        """The button leads to the list of exports, where the file waits for the worker."""
        page = clerk.post("/tim/xuat", data={"address": "/tim?q=đất", "form": "xlsx"}).text
        assert ("Đang chờ" in page, "data-working" in page) == (True, True)

    @pytest.mark.parametrize("address", ["/tim?order=sai", "/tim?q=" + "x" * 2000, "?" + "kind=a&" * 500])
    def test_a_made_up_address_is_refused(self, clerk: TestClient, address: str) -> None:
        """An address no page made is a bad query, not a failure."""
        assert clerk.post("/tim/luu", data={"address": address, "name": "x"}).status_code == 422

    def test_a_personal_number_is_not_kept(self, clerk: TestClient) -> None:
        """What is kept and shared is a question, never somebody's number."""
        for data in (
            {"address": "/tim?q=ho+so+001090012345", "name": "Hồ sơ"},
            {"address": "/tim?q=ho+so", "name": "Ông 001090012345"},
        ):
            assert clerk.post("/tim/luu", data=data).status_code == 422

    @pytest.mark.parametrize("text", ["001090012345", "quyết định 001090012345"])
    def test_a_personal_number_stays_out_of_addresses(self, clerk: TestClient, text: str) -> None:
        """With other words or alone it is searched for at once, without an address that names it."""
        answer = clerk.post("/tim", data={"q": text}, follow_redirects=False)
        assert (answer.status_code, "location" in answer.headers) == (200, False)

    def test_a_signer_may_not_search_by_number(self, service: Service, add_person: AddPerson) -> None:
        """Whoever may not search by owner is refused however the number is sent."""
        add_person("ky", Role.SIGNER, COMMUNE)
        signer = TestClient(create_app(service), raise_server_exceptions=False)
        signer.post("/api/v1/session", json={"login": "ky", "password": PASSWORD})
        assert signer.post("/tim", data={"q": "001090012345"}).status_code == 403
        for path in ("/tim?q=ho+so+001090012345", "/tim/loc?q=001090012345", "/api/v1/search?q=001090012345"):
            assert signer.get(path).status_code == 403
        assert signer.get("/tim?q=ho+so").status_code == 200
