"""A sender killed in the middle of sending (kill -9): the event goes out again, under the same id."""

import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from api.webhooks import SendingRules, WebhookSender
from records.access import SYSTEM
from records.actions.acting import Acting
from records.actions.results import StateChange, change_result_state
from records.actions.subscriptions import add_webhook
from records.states import ResultState
from records.uses import EvidenceUse
from tests.factories import NOW, build_key, build_result
from tests.fakes import FixedClock
from tests.receiver import open_receiver
from tests.stores import sqlite_store

SENDER = """
import sys
from datetime import UTC, datetime
from api.webhooks import SendingRules, WebhookSender
from records.sql.engine import make_engine
from records.sql.unit_of_work import SqlStore

class Clock:
    def now(self):
        return datetime.fromisoformat(sys.argv[3])

clock = Clock()
store = SqlStore(make_engine("sqlite:///" + sys.argv[1]), clock=clock)
WebhookSender(store, clock, b"m" * 32, SendingRules(frozenset({sys.argv[2]}), plain=True)).send_due()
"""


@pytest.mark.sql
def test_a_killed_sender_loses_nothing(tmp_path: Path) -> None:
    """The receiver had it and did not answer; the process dies; another sends it a minute later."""
    clock = FixedClock()
    with sqlite_store(tmp_path, clock) as store, open_receiver(0, 200) as receiver:
        acting, key, result = Acting(SYSTEM, NOW, "test"), build_key(), build_result(valid_to=None)
        with store.write() as work:
            work.keys.add(key)
            work.results.add(result)
            use = EvidenceUse(
                "u", result.id, "H15.03-1", "1.011442", "", key.id, "machine", None, NOW, 1, None, None
            )
            work.uses.add(use)
            work.commit()
        add_webhook(store, acting, key.id, receiver.url, {receiver.address}, plain=True)
        change = StateChange(ResultState.REVOKED, "27/QĐ", acting.today, acting.today, "Sai")
        change_result_state(store, acting, result.id, change)
        command = [sys.executable, "-c", SENDER, str(tmp_path / "sohoa.db"), receiver.address]
        process = subprocess.Popen([*command, NOW.isoformat()])
        deadline = time.monotonic() + 30
        while not receiver.got and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        receiver.release.set()
        clock.moment = NOW + timedelta(seconds=61)
        rules = SendingRules(frozenset({receiver.address}), plain=True)
        assert WebhookSender(store, clock, b"m" * 32, rules).send_due() == 1
        assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
        assert len(receiver.got) == 2
