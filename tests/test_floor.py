"""Who may cut whom: every pair of the table in codec/floor.py, what waits, and the queue that holds the same rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.floor import Floor
from edge.messages import Hush, Show, Speech, Tone, View
from edge.model.manner import Weight
from edge.worker import MAX_COMMANDS, CommandQueue

ROUTINE, MONEY, ALARM = Weight.ROUTINE, Weight.MONEY, Weight.ALARM
CUTS = {
    (ROUTINE, ROUTINE): True,
    (ROUTINE, MONEY): True,
    (ROUTINE, ALARM): True,
    (MONEY, ROUTINE): False,
    (MONEY, MONEY): True,
    (MONEY, ALARM): False,
    (ALARM, ROUTINE): False,
    (ALARM, MONEY): False,
    (ALARM, ALARM): True,
}
WEIGHTS = st.sampled_from(list(Weight))


def speech(weight: Weight, text: str = "…") -> Speech:
    return Speech("p", Tone.OK, text, weight=weight)


@pytest.mark.parametrize(("speaking", "newer"), CUTS)
def test_each_pair_is_as_the_table_says(speaking: Weight, newer: Weight) -> None:
    first, second = speech(speaking, "first"), speech(newer, "second")
    floor = Floor().asked(first).asked(second)
    if CUTS[speaking, newer]:
        assert floor == Floor(second)
    else:
        assert floor == Floor(first, second)
        assert floor.finished() == Floor(second)


@pytest.mark.parametrize("weight", Weight)
def test_a_scan_cuts_routine_speech_only(weight: Weight) -> None:
    floor = Floor(speech(weight)).hushed()
    assert floor.speaking == (None if weight is ROUTINE else speech(weight))


def test_a_scan_drops_the_routine_sentence_that_waits_behind_money() -> None:
    paid, item = speech(MONEY, "paid"), speech(ROUTINE, "item")
    assert Floor(paid).asked(item).hushed() == Floor(paid)


def test_money_that_waits_behind_an_alarm_survives_a_scan_and_routine_speech() -> None:
    floor = Floor(speech(ALARM)).asked(speech(MONEY, "paid")).hushed().asked(speech(ROUTINE, "item"))
    assert floor.finished() == Floor(speech(MONEY, "paid"))


def test_of_routine_sentences_that_wait_the_newest_wins() -> None:
    floor = Floor(speech(MONEY))
    for text in ("one", "two", "three"):
        floor = floor.asked(speech(ROUTINE, text))
    assert floor.finished() == Floor(speech(ROUTINE, "three"))


@given(st.lists(st.one_of(WEIGHTS, st.just("scan"), st.just("end")), max_size=30))
def test_money_is_never_cut_by_anything_but_money(moves: list[Weight | str]) -> None:
    floor = Floor()
    for n, move in enumerate(moves):
        before = floor.speaking
        if move == "scan":
            floor = floor.hushed()
        elif move == "end":
            floor = floor.finished()
            continue
        else:
            assert isinstance(move, Weight)
            floor = floor.asked(speech(move, str(n)))
        if before is not None and before.weight is MONEY and floor.speaking is not before:
            assert move is MONEY


def test_the_queue_of_a_worker_keeps_money_and_drops_older_routine_speech() -> None:
    queue = CommandQueue()
    paid, item, newer = speech(MONEY, "paid"), speech(ROUTINE, "item"), speech(ROUTINE, "newer")
    for command in (paid, item, Show(View.IDLE), Hush(), Hush(), newer):
        assert queue.put(command)
    assert [queue.take() for _ in range(5)] == [paid, Show(View.IDLE), Hush(), newer, None]


def test_a_flood_of_keys_fills_no_queue() -> None:
    queue = CommandQueue()
    assert all(queue.put(Hush()) for _ in range(MAX_COMMANDS * 2))
