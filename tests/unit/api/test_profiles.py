"""A batch is opened with a way of reading that this version has; what it lacks is said."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.profiles import choose_profile, list_choices
from api.settings import OcrSettings
from api.wiring import Service, build_service
from records.access import Role
from records.errors import InvalidValue
from tests.unit.api.conftest import COMMUNE, PASSWORD, AddPerson, SignIn

API = "/api/v1"


@pytest.fixture
def without_models(service: Service, tmp_path: Path) -> Service:
    """The same service on a machine without model files."""
    settings = service.settings.model_copy(update={"ocr": OcrSettings(jobs=1, models=tmp_path / "khong-co")})
    return replace(service, settings=settings)


def test_a_batch_keeps_the_profile_it_was_opened_with(signed_in: SignIn) -> None:
    """The one named, else that of the settings; it stands in every answer about the batch."""
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    for asked, kept in (("tesseract", "tesseract"), (None, "accurate"), ("fast", "fast")):
        body = {"unit": COMMUNE, "label": "Lô"} | ({"profile": asked} if asked else {})
        made = client.post(f"{API}/batches", json=body)
        assert (made.status_code, made.json()["profile"]) == (201, kept)
        assert client.get(f"{API}/batches/{made.json()['id']}").json()["profile"] == kept


def test_an_unknown_profile_is_refused(signed_in: SignIn) -> None:
    """Nothing is opened, and the answer names those there are."""
    client = signed_in("an", Role.ARCHIVIST, COMMUNE)
    answer = client.post(f"{API}/batches", json={"unit": COMMUNE, "label": "Lô", "profile": "than-toc"})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")
    assert "tesseract" in answer.json()["detail"]
    assert client.get(f"{API}/batches").json()["total"] == 0


def test_missing_models_are_said_and_stop_nothing(without_models: Service) -> None:
    """A profile whose models are not there may be chosen; Tesseract reads meanwhile."""
    chosen = choose_profile(without_models, "fast")
    assert chosen.name == "fast"
    assert "Tesseract" in (chosen.notice_vi or "")
    assert choose_profile(without_models, "tesseract").notice_vi is None
    assert choose_profile(without_models, " ").name == "accurate"
    with pytest.raises(InvalidValue):
        choose_profile(without_models, "FAST")
    assert {choice.name for choice in list_choices(without_models)} >= {"tesseract", "fast"}


def test_the_page_offers_profiles_and_shows_the_one_taken(service: Service, add_person: AddPerson) -> None:
    """The form has every profile; the batch's page names its own."""
    add_person("an", Role.ARCHIVIST, COMMUNE)
    with TestClient(create_app(service), base_url="http://localhost") as client:
        form = {"login": "an", "password": PASSWORD}
        assert client.post("/dang-nhap", data=form).status_code == 200
        page = client.get("/lo").text
        assert 'value="accurate" selected' in page
        assert 'value="fast"' in page
        sent = {"unit": COMMUNE, "label": "Lô nhanh", "profile": "fast"}
        opened = client.post("/lo", data=sent, headers={"Origin": "http://localhost"})
        assert "cách đọc: Nhanh" in opened.text


def test_the_setting_is_the_usual_choice(service: Service) -> None:
    """What the settings name is what a batch gets when nobody chooses."""
    settings = service.settings.model_copy(update={"ocr": OcrSettings(jobs=1, profile="fast")})
    other = build_service(settings)
    assert choose_profile(other, None).name == "fast"
    other.close()
