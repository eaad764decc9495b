"""The status conversation: what silence, garbage and half answers add up to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.codec.escpos_status import decode_asb
from edge.codec.printer_talk import ANSWER_S, MUTE_ANSWER_S, SILENT_ROUNDS, Health, StatusTalk, health_of_block
from edge.messages import PrinterState

WELL = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}


def ask(talk: StatusTalk, answers: dict[int, int], now: float = 0.0) -> float:
    """One round; a question without an answer is waited out. Returns when it ended."""
    talk.begin(now)
    while talk.running:
        question = talk.question(now)
        if question is not None and question[2] in answers:
            talk.hear(bytes([answers[question[2]]]), now)
        elif question is None:
            now += 0.01
    return now


def test_a_printer_that_answers_well_is_ready() -> None:
    talk = StatusTalk()
    states = [talk.state]
    ask(talk, WELL)
    states.append(talk.state)
    assert states == [PrinterState.UNKNOWN, PrinterState.READY]
    assert talk.health == Health(False, False, False, False, False, False)


def test_each_trouble_has_its_state_and_the_cover_comes_first() -> None:
    for answers, state in (
        ({**WELL, 1: 0x1A, 2: 0x16}, PrinterState.COVER_OPEN),
        ({**WELL, 1: 0x1A, 2: 0x36, 4: 0x72}, PrinterState.COVER_OPEN),
        ({**WELL, 1: 0x1A, 2: 0x32}, PrinterState.PAPER_OUT),
        ({**WELL, 4: 0x72}, PrinterState.PAPER_OUT),
        ({**WELL, 3: 0x1A}, PrinterState.FAULT),
        ({**WELL, 2: 0x52}, PrinterState.FAULT),
        ({**WELL, 1: 0x1A}, PrinterState.OFFLINE),
    ):
        talk = StatusTalk()
        ask(talk, answers)
        assert talk.state is state


def test_near_end_and_drawer_do_not_stop_it() -> None:
    talk = StatusTalk()
    ask(talk, {**WELL, 1: 0x16, 4: 0x1E})
    assert talk.state is PrinterState.READY
    assert talk.health.near_end and talk.health.pin3_high


def test_silence_is_unknown_and_soon_costs_little() -> None:
    talk, now = StatusTalk(), 0.0
    for _ in range(SILENT_ROUNDS):
        now = ask(talk, {}, now)
    assert now >= SILENT_ROUNDS * ANSWER_S
    assert talk.state is PrinterState.UNKNOWN
    assert ask(talk, {}, 100.0) - 100.0 <= MUTE_ANSWER_S + 0.011


def test_an_answer_that_comes_late_gives_the_printer_its_time_back() -> None:
    talk, now = StatusTalk(), 0.0
    for _ in range(SILENT_ROUNDS):
        now = ask(talk, {}, now)
    talk.hear(b"\x12", now)
    assert ask(talk, {}, 100.0) - 100.0 >= ANSWER_S


def test_a_printer_that_fell_silent_is_offline_after_two_rounds_not_one() -> None:
    talk = StatusTalk()
    ask(talk, WELL)
    states = []
    for replies, at_mono in (({}, 10.0), ({}, 20.0), (WELL, 30.0)):
        ask(talk, replies, at_mono)
        states.append(talk.state)
    assert states == [PrinterState.READY, PrinterState.OFFLINE, PrinterState.READY]


def test_a_printer_that_answers_only_some_questions_is_asked_all() -> None:
    talk = StatusTalk()
    ask(talk, {1: 0x12, 4: 0x1E})
    assert talk.state is PrinterState.READY and talk.health.near_end is True
    assert talk.health.cover_open is None


def test_automatic_status_counts_as_an_answer() -> None:
    talk = StatusTalk()
    talk.hear(b"\x38\x00\x00\x00", 1.0)
    assert talk.state is PrinterState.COVER_OPEN
    assert health_of_block(decode_asb(b"\x18\x00\x0f\x00")).state is PrinterState.PAPER_OUT


def test_a_block_that_never_ends_does_not_swallow_a_mark_for_ever() -> None:
    talk = StatusTalk()
    talk.hear(b"\x10", 1.0)
    talk.expect_mark()
    talk.hear(b"\x00", 2.0)
    assert talk.all_marked


def test_marks_are_counted_only_while_they_are_owed() -> None:
    talk = StatusTalk()
    talk.hear(b"\x00\x00\x00", 1.0)
    assert talk.marks == 0
    talk.expect_mark()
    talk.expect_mark()
    talk.hear(b"\x00", 2.0)
    assert not talk.all_marked, "the earlier receipt's"
    talk.hear(b"\x00", 3.0)
    assert talk.all_marked and talk.marks == 2


def test_a_mark_that_says_paper_end_is_believed() -> None:
    talk = StatusTalk()
    ask(talk, WELL)
    talk.expect_mark()
    talk.hear(b"\x0c", 1.0)
    assert talk.state is PrinterState.PAPER_OUT


@given(st.binary(max_size=200), st.booleans())
def test_after_any_garbage_the_next_round_is_read(garbage: bytes, bytewise: bool) -> None:
    talk = StatusTalk()
    for piece in [garbage[i : i + 1] for i in range(len(garbage))] if bytewise else [garbage]:
        talk.hear(piece, 1.0)
    talk.hear(b"", 5.0)
    ask(talk, {**WELL, 2: 0x16}, 5.0)
    assert talk.state is PrinterState.COVER_OPEN
    assert talk.last is not None and talk.last.answered
