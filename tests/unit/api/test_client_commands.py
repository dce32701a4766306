"""`sohoa agreements`, `sohoa webhooks`, `sohoa alarms`."""

from datetime import UTC, datetime

import pytest

from api.cli.acting import open_service
from records.alarms import Alarm, AlarmKind
from tests.unit.api.test_cli import Sohoa, office, sohoa

__all__ = ["office", "sohoa"]
AS = ("--as", "qt", "--json")


@pytest.fixture
def client(office: Sohoa) -> str:
    """The prefix of a machine client's key."""
    return office("key", "add", "Một cửa", "--scope", "lookup", "--unit", "H15.03", *AS).json["prefix"]


def test_agreements_are_made_and_moved(office: Sohoa, client: str) -> None:
    """Added, listed beside the key's first one, suspended, resumed, ended; each for a reason."""
    made = office(
        "agreements", "add", client, "--document", "15/TT-STP", "--procedure", "1.011442", "--unit", "H15.03",
        "--from", "2026-01-01", "--to", "31/12/2099", *AS,
    ).json  # fmt: skip
    assert (made["procedures"], made["result_types"], made["valid_to"]) == (
        ["1.011442"], ["mọi loại"], "2099-12-31",
    )  # fmt: skip
    assert len(office("agreements", "list", *AS).json) == 2
    for command, state in (("suspend", "suspended"), ("resume", "active"), ("end", "ended")):
        assert office("agreements", command, made["id"], "--reason", "Rà soát", *AS).json["state"] == state
    assert office("agreements", "resume", made["id"], "--reason", "x", *AS).code == 1


def test_receivers_are_made_paused_and_rotated(office: Sohoa, client: str) -> None:
    """The secret is printed when made and when rotated, and at no other time."""
    made = office("webhooks", "add", client, "https://mot-cua.example/tin", *AS).json
    assert made["secret"].startswith("whsec_")
    assert "secret" not in office("webhooks", "list", *AS).json[0]
    rotated = office("webhooks", "rotate", made["id"], *AS).json
    assert rotated["secret"] not in ("", made["secret"])
    assert office("webhooks", "deliveries", made["id"], *AS).json == []
    for command, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        assert office("webhooks", command, made["id"], *AS).json["state"] == state
    assert office("webhooks", "add", client, "http://10.0.0.1/", *AS).code == 1
    assert office("webhooks", "resend", "none", "--as", "qt").code == 1


def test_alarms_are_listed_acknowledged_and_lifted(office: Sohoa) -> None:
    """A block stays until it is lifted."""
    alarm = Alarm(
        "a1", datetime.now(UTC), AlarmKind.SEQUENCE, "k", "machine", "Một cửa", "H15.03", {"near": 25}, True
    )
    with open_service() as service, service.store.write() as work:
        work.clients.alarms.add(alarm)
        work.commit()
    (shown,) = office("alarms", "list", *AS).json
    assert (shown["kind"], shown["counts"], shown["blocks"]) == ("sequence", ["near=25"], True)
    assert office("alarms", "acknowledge", "a1", "--note", "Đang hỏi", *AS).json["blocks"] is True
    assert office("alarms", "lift", "a1", "--note", "Đã rõ", *AS).json["blocks"] is False
