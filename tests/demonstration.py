"""The demonstration, run for real in a folder of its own, for tests that want a whole office."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import office as demo_office
import pytest
from office import Office, find_port, stop_service

EIGHT = [
    "CO_GIA_TRI_TAI_SU_DUNG",
    "KHONG_CO",
    "HET_HIEU_LUC",
    "DA_THU_HOI_HOAC_THAY_THE",
    "KHONG_DU_GIA_TRI_PHAP_LY",
    "TU_CHOI_THIEU_MUC_DICH",
    "TU_CHOI_KHONG_CO_QUYEN",
    "TAM_THOI_KHONG_TRA_LOI",
]
"""The decision codes in the order in which the demonstration asks for them."""


def give_port(office: Office) -> None:
    """A port of its own: two demonstrations begun at once would both find the usual one free."""
    if "port" not in office.state:
        office.keep(port=find_port(0))


def run_demo(folder: Path, *arguments: str) -> None:
    """`make demo` in another folder, as a process of its own; raises when it fails."""
    give_port(Office.open(folder))
    script = Path(demo_office.__file__).with_name("run.py")
    subprocess.run([sys.executable, str(script), "--folder", str(folder), *arguments], check=True)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office after `make demo`: service up, batch taken in, papers confirmed, eight questions asked."""
    folder = tmp_path_factory.mktemp("demo")
    try:
        run_demo(folder)
        yield Office.open(folder)
    finally:
        stop_service(Office.open(folder))
