"""Settings: defaults run, misspelt names and sample secrets do not."""

from pathlib import Path

import pytest

from api.errors import BadSettings
from api.openers import open_elastic
from api.settings import known_names, load_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches the test."""
    for name in known_names():
        monkeypatch.delenv(name, raising=False)


def test_the_service_runs_without_any_setting() -> None:
    """Everything has a default; the data folder is `var`, uploads wait in memory."""
    settings = load_settings()
    assert settings.store.folder == Path("var")
    assert str(settings.intake.memory_folder).startswith("/dev/shm/sohoa-")
    assert settings.search.backend == "embedded"


@pytest.mark.parametrize("name", ["SOHOA_SERCH__URL", "SOHOA_SEARCH__URLL", "sohoa_web__prot"])
def test_a_misspelt_name_is_refused_by_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Group or key, either case: the service says which name it does not know."""
    monkeypatch.setenv(name, "x-gia-tri")
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert name.upper() in caught.value.text_vi
    assert "x-gia-tri" not in caught.value.text_vi


def test_variables_of_the_test_suite_are_not_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """SOHOA_TEST_… belongs to the tests."""
    monkeypatch.setenv("SOHOA_TEST_STRICT", "1")
    assert load_settings().environment == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOHOA_SEARCH__PASSWORD", "changeme"),
        ("SOHOA_STORE__URL", "postgresql://sohoa:postgres@may/sohoa"),
        ("SOHOA_STORE__OWNER_SECRET", "Secret"),
    ],
)
def test_sample_secrets_are_refused_outside_development(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in manuals protects nothing; the value is not quoted."""
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert name in caught.value.text_vi
    assert value not in caught.value.text_vi
    monkeypatch.setenv("SOHOA_ENVIRONMENT", "development")
    load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOHOA_WEB__PORT", "nhiều"),
        ("SOHOA_SEARCH__BACKEND", "elastic"),
        ("SOHOA_SIGNING__MODULE", "/usr/lib/p11.so"),
        ("SOHOA_STORE__KEEP_JOBS_DAYS", "0"),
    ],
)
def test_a_wrong_or_incomplete_value_stops_the_start(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better no start than one with half a setting."""
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings):
        load_settings()


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither printed nor in the settings' text."""
    monkeypatch.setenv("SOHOA_SEARCH__PASSWORD", "rat-bi-mat-9071")
    assert "9071" not in f"{load_settings()!r} {load_settings()}"


def test_a_list_is_given_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusted proxies are several addresses."""
    monkeypatch.setenv("SOHOA_WEB__TRUSTED_PROXIES", '["127.0.0.1"]')
    assert load_settings().web.trusted_proxies == ("127.0.0.1",)


def test_the_index_may_have_several_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commas between them; the client is given every one. Commas alone are no address."""
    monkeypatch.setenv("SOHOA_SEARCH__BACKEND", "elastic")
    monkeypatch.setenv("SOHOA_SEARCH__URL", "http://es1:9200, http://es2:9200")
    given = load_settings().search
    assert given.addresses == ["http://es1:9200", "http://es2:9200"]
    asked: list[list[str]] = []
    monkeypatch.setattr("search.elastic.make_client", lambda urls, *_rest: asked.append(urls))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    open_elastic(given)
    assert asked == [given.addresses]
    monkeypatch.setenv("SOHOA_SEARCH__URL", " , ")
    with pytest.raises(BadSettings):
        load_settings()
