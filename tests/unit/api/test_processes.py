"""How many processes serve, and what each of them begins with."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.cli.serve import choose_processes
from api.processes import build_config
from api.settings import Settings, StoreSettings, WebSettings
from api.wiring import build_service


def build_settings(folder: Path, url: str | None, processes: int) -> Settings:
    """Settings with a database address."""
    store = StoreSettings(folder=folder, url=SecretStr(url) if url else None)
    return Settings(environment="development", store=store, web=WebSettings(processes=processes))


@pytest.mark.parametrize(
    ("url", "asked", "chosen"),
    [
        (None, None, 1),
        (None, 4, 1),
        ("postgresql://nobody@127.0.0.1:1/none", None, 3),
        ("postgresql://nobody@127.0.0.1:1/none", 2, 2),
    ],
)
def test_sqlite_is_served_by_one_process(
    tmp_path: Path, url: str | None, asked: int | None, chosen: int
) -> None:
    """Else as many as asked for, or as set."""
    assert choose_processes(build_service(build_settings(tmp_path, url, 3)), asked) == chosen


def test_each_process_is_served_as_one_alone_is() -> None:
    """Proxies, headers and the access log do not depend on how many there are."""
    web = WebSettings(trusted_proxies=("127.0.0.1",))
    one, several = build_config(FastAPI(), web), build_config("a:b", web, 2)
    for name in ("access_log", "server_header", "proxy_headers", "forwarded_allow_ips"):
        assert getattr(one, name) == getattr(several, name)
    assert not one.access_log
    assert several.factory
