"""Two machines with different trust folders do not judge each other's records for ever."""

from datetime import UTC, datetime, timedelta

from ingest.recheck_turns import BasisTurns

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def take(turns: BasisTurns, mine: str, judged: list[str], now: datetime) -> int:
    """Every record of another basis is judged under `mine`, if it is this machine's turn; how many."""
    if not turns.may_take(mine, now):
        return 0
    found = [number for number, basis in enumerate(judged) if basis != mine]
    for number in found:
        judged[number] = mine
    turns.note(len(found), now)
    return len(found)


def test_two_machines_with_different_bundles_come_to_rest() -> None:
    """After the first minutes each record is judged again at most twice a day, not every two seconds."""
    judged = ["a"] * 3
    first, second = BasisTurns(), BasisTurns()
    for minutes in (0, 11):
        assert take(first, "a", judged, NOON + timedelta(minutes=minutes)) == 0
    checks = 0
    for seconds in range(0, 86_400 * 2, 60):
        now = NOON + timedelta(minutes=12, seconds=seconds)
        checks += take(first, "a", judged, now) + take(second, "b", judged, now)
    assert checks <= 2 * 2 * len(judged)


def test_a_new_bundle_is_taken_up_at_once() -> None:
    """However long the machine rests: another basis of its own begins anew."""
    judged = ["1"] * 3
    turns = BasisTurns()
    for minutes in (0, 11, 12):
        assert take(turns, "1", judged, NOON + timedelta(minutes=minutes)) == 0
    assert take(turns, "2", judged, NOON + timedelta(minutes=13)) == 3


def test_a_check_that_ends_after_the_change_is_not_forgotten() -> None:
    """A record entered under the old bundle minutes after the change is judged under the new one at once."""
    judged = ["1"]
    turns = BasisTurns()
    assert take(turns, "2", judged, NOON) == 1
    assert take(turns, "2", judged, NOON + timedelta(minutes=1)) == 0
    judged.append("1")
    assert take(turns, "2", judged, NOON + timedelta(minutes=2)) == 1
