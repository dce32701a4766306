"""Writers of one process pass in the order they came."""

import threading
import time

import pytest

from records.errors import StoreUnavailable
from records.sql.turns import Turns

WAIT = 10.0


def queue_up(turns: Turns, order: list[int], number: int) -> threading.Thread:
    """A writer that has asked for its turn and notes when it got it."""

    def write() -> None:
        with turns.take(WAIT):
            order.append(number)

    asking = threading.Thread(target=write)
    before = turns.waiting
    asking.start()
    while turns.waiting == before:
        time.sleep(0.001)
    return asking


def test_the_turn_goes_to_whoever_asked_first() -> None:
    """Twenty who asked one after the other are let in one after the other."""
    turns, order = Turns(), list[int]()
    with turns.take(WAIT):
        threads = [queue_up(turns, order, number) for number in range(20)]
    for thread in threads:
        thread.join(WAIT)
    assert order == list(range(20))


def test_who_waits_too_long_gives_way_and_keeps_nobody_waiting() -> None:
    """A waiting writer's time is over: it is told so, and the next one gets in."""
    turns = Turns()
    with turns.take(WAIT), pytest.raises(StoreUnavailable), turns.take(0.01):
        pass
    with turns.take(0.01) as waited:
        assert waited < 0.01


def test_a_writer_that_fails_hands_its_turn_on() -> None:
    """An error inside does not lock the others out."""
    turns = Turns()
    with pytest.raises(ValueError, match="x"), turns.take(WAIT):
        raise ValueError("x")
    with turns.take(0.01):
        pass
