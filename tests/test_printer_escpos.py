"""The printer driver against a printer with physics: what is on paper and what the counter hears."""

from __future__ import annotations

from typing import Any

import pytest
from device_bench import DeviceBench
from printer_bench import LONG, RECEIPT, LateAnswers, print_slip, printer_bench, state
from pydantic import ValidationError

from edge.drivers.printer_escpos import JOB_MAX_S, Settings
from edge.messages import Outcome, PrinterState, PrinterStatus, PrintOutcome, SendPrint
from edge.model.slip import Feed, Picture, Slip
from edge.sim.printer import Answers, PrinterModel


def test_a_receipt_is_on_paper_once_and_said_to_be_printed_only_then() -> None:
    bench, model = printer_bench()
    bench.send(SendPrint("j1", RECEIPT, 0))
    bench.run(0.1)
    assert bench.all(PrintOutcome) == [], "the motor still runs"
    outcome, seconds = bench.run_until(PrintOutcome)
    assert outcome == PrintOutcome("device", "j1", Outcome.DONE)
    assert seconds < 3
    bench.run(30)
    assert len(model.paper.slips) == 1
    assert "可口可乐" in model.paper.slips[0].text and "9.00" in model.paper.slips[0].text
    assert model.paper.slips[0].barcodes == ["R2611231000012"]
    assert model.paper.trouble_count == 0
    assert len(bench.all(PrintOutcome)) == 1


def test_receipts_sent_together_come_out_one_after_the_other() -> None:
    bench, model = printer_bench()
    for job in ("j1", "j2", "j3"):
        bench.send(SendPrint(job, RECEIPT, 0))
    bench.run(20)
    assert [outcome.job for outcome in bench.all(PrintOutcome)] == ["j1", "j2", "j3"]
    assert {outcome.outcome for outcome in bench.all(PrintOutcome)} == {Outcome.DONE}
    assert len(model.paper.slips) == 3


def test_a_reprint_says_that_it_is_a_copy() -> None:
    bench, model = printer_bench()
    print_slip(bench, copy_no=2)
    text = model.paper.slips[0].text
    assert "重打" in text and "副本 2" in text and "COPY" in text
    print_slip(bench, job="j2")
    assert not model.paper.slips[1].is_copy


def test_a_long_receipt_with_a_picture_is_whole() -> None:
    logo = Picture(384, tuple(bytes([0x10, 0x04, 0x01] * 16) for _ in range(200)))
    bench, model = printer_bench()
    assert print_slip(bench, Slip((logo, *LONG.blocks))).outcome is Outcome.DONE
    text = model.paper.slips[0].text
    assert all(f"商品 {n:03d}" in text for n in range(100))
    assert model.paper.trouble_count == 0, "a question was written into the picture"


def test_paper_out_before_the_print_sends_nothing_and_after_the_refill_it_is_printed_once() -> None:
    bench, model = printer_bench()
    model.out_of_paper()
    outcome = print_slip(bench)
    assert (outcome.outcome, outcome.reason) == (Outcome.NOT_STARTED, "paper_out")
    assert state(bench) is PrinterState.PAPER_OUT
    model.refill()
    bench.run(3)
    assert state(bench) is PrinterState.READY
    assert list(model.paper.slips) == [] and model.paper.open_slip.text == ""
    assert print_slip(bench).outcome is Outcome.DONE
    assert len(model.paper.slips) == 1


def test_paper_that_ends_in_the_receipt_leaves_it_unknown_though_the_rest_comes_out_later() -> None:
    bench, model = printer_bench()
    model.run_down(60.0)
    outcome = print_slip(bench, LONG)
    assert (outcome.outcome, outcome.reason) == (Outcome.UNKNOWN, "paper_out")
    assert state(bench) is PrinterState.PAPER_OUT
    model.refill()
    bench.run(10)
    assert len(model.paper.slips) == 1, "the tail came out of the printer's buffer"
    assert len(bench.all(PrintOutcome)) == 1, "the late mark of the tail says nothing more"
    assert print_slip(bench, RECEIPT, "j2").outcome is Outcome.DONE
    assert len(model.paper.slips) == 2


def test_a_late_mark_of_an_earlier_receipt_does_not_vouch_for_the_next() -> None:
    bench, model = printer_bench()
    model.run_down(60.0)
    print_slip(bench, LONG)
    model.refill()
    bench.run(1.2)  # the printer is well again and still busy with the tail
    bench.send(SendPrint("j2", LONG, 0))
    outcome, _ = bench.run_until(PrintOutcome)
    assert outcome.outcome is Outcome.DONE
    assert not model.busy
    assert len(model.paper.slips) == 2


def test_a_cover_opened_in_mid_receipt_leaves_it_unknown() -> None:
    bench, model = printer_bench()
    bench.send(SendPrint("j1", LONG, 0))
    bench.run(1.0)
    model.open_cover()
    outcome, _ = bench.run_until(PrintOutcome)
    assert (outcome.outcome, outcome.reason) == (Outcome.UNKNOWN, "cover_open")
    assert state(bench) is PrinterState.COVER_OPEN
    model.close_cover()
    bench.run(10)
    assert state(bench) is PrinterState.READY
    assert list(model.paper.slips) == []
    assert "商品 000" in model.paper.open_slip.text and "商品 099" not in model.paper.open_slip.text
    assert print_slip(bench, job="j1-copy", copy_no=1).outcome is Outcome.DONE
    assert model.paper.slips[0].is_copy


def test_after_a_lost_buffer_the_marks_that_never_came_do_not_hold_up_later_receipts() -> None:
    bench, model = printer_bench()
    print_slip(bench, job="j0")
    bench.send(SendPrint("j1", LONG, 0))
    bench.run(1.0)
    model.open_cover()
    bench.run_until(PrintOutcome)
    model.close_cover()
    bench.run(3)
    seconds = []
    for job in ("j2", "j3"):
        bench.send(SendPrint(job, RECEIPT, 0))
        outcome, took_s = bench.run_until(PrintOutcome)
        assert outcome.outcome is Outcome.DONE
        seconds.append(took_s)
    assert seconds[1] < seconds[0], "the first had to be waited for, then marks count again"


def test_a_jammed_cutter_is_a_fault() -> None:
    bench, model = printer_bench()
    model.jam()
    outcome = print_slip(bench)
    assert (outcome.outcome, outcome.reason) == (Outcome.NOT_STARTED, "fault")
    model.clear_jam()
    bench.run(3)
    assert state(bench) is PrinterState.READY


def test_paper_that_is_nearly_gone_is_said_while_it_still_prints() -> None:
    bench, model = printer_bench()
    model.run_down(500.0)
    bench.run(3)
    assert bench.last(PrinterStatus).paper_low
    assert print_slip(bench).outcome is Outcome.DONE


def test_a_printer_that_takes_its_time_to_answer_still_prints_soon() -> None:
    bench, model = printer_bench(LateAnswers())
    bench.send(SendPrint("j1", RECEIPT, 0))
    bench.run(0.15)
    assert model.busy, "the motor runs"
    assert bench.run_until(PrintOutcome)[0].outcome is Outcome.DONE


def test_a_slip_that_cannot_be_encoded_is_refused_with_the_reason() -> None:
    bench, _ = printer_bench()
    outcome = print_slip(bench, Slip((Feed(9999),)))
    assert outcome.outcome is Outcome.FAILED and "feed" in outcome.reason
    assert print_slip(bench, job="j2").outcome is Outcome.DONE


# --- printers that say little ---


def test_a_silent_printer_prints_within_50_ms_and_the_end_stays_unknown() -> None:
    bench, model = printer_bench(PrinterModel(answers=Answers.SILENT))
    assert state(bench) is PrinterState.UNKNOWN
    bench.send(SendPrint("j1", RECEIPT, 0))
    bench.run(0.05)
    assert model.busy
    outcome, seconds = bench.run_until(PrintOutcome)
    assert (outcome.outcome, outcome.reason) == (Outcome.UNKNOWN, "the printer does not answer")
    assert seconds < 10
    assert len(model.paper.slips) == 1


def test_a_printer_without_paper_sensor_report_is_believed_after_the_time_of_a_slow_one() -> None:
    bench, model = printer_bench(PrinterModel(answers=Answers.NO_MARKER))
    assert print_slip(bench).outcome is Outcome.DONE
    assert not model.busy


def test_a_printer_without_marks_is_believed_by_what_it_says_at_the_end_not_by_what_it_said_before() -> None:
    bench, model = printer_bench(PrinterModel(answers=Answers.NO_MARKER, speed_mm_s=20.0))
    bench.run(6)
    bench.send(SendPrint("j1", LONG, 0))
    bench.run(2)
    assert "商品 001" in model.paper.open_slip.text, "it is being printed"
    model.switch_off()
    bench.clock.now += 60  # the box slept meanwhile: it has not asked since
    outcome, _ = bench.run_until(PrintOutcome)
    assert outcome.outcome is Outcome.UNKNOWN


def test_a_printer_that_is_switched_on_after_the_receipt_has_not_printed_it() -> None:
    model = PrinterModel()
    model.switch_off()
    bench, _ = printer_bench(model)
    bench.run(10)
    bench.send(SendPrint("j1", RECEIPT, 0))
    bench.run(0.5)
    assert bench.all(PrintOutcome) == [], "it went out into the void"
    model.switch_on()
    bench.clock.now += 20
    outcome, _ = bench.run_until(PrintOutcome)
    assert outcome.outcome is Outcome.UNKNOWN
    assert model.paper.slips == type(model.paper.slips)()


def test_noise_that_looked_like_a_mark_costs_one_receipt_not_all() -> None:
    bench, model = printer_bench(PrinterModel(answers=Answers.NO_MARKER))
    bench.run(6)
    bench.send(SendPrint("j1", RECEIPT, 0))
    bench.run(0.3)
    model._out += b"\x00"
    bench.run_until(PrintOutcome)
    assert print_slip(bench, job="j2").outcome is Outcome.UNKNOWN
    assert print_slip(bench, job="j3").outcome is Outcome.DONE


def test_a_clone_that_answers_only_when_idle_prints_and_is_believed() -> None:
    bench, model = printer_bench(PrinterModel(answers=Answers.IDLE_ONLY))
    assert print_slip(bench, LONG).outcome is Outcome.DONE
    assert len(model.paper.slips) == 1 and not model.busy


def test_a_clone_that_answers_nonsense_is_unknown_never_out_of_paper() -> None:
    bench, _ = printer_bench(PrinterModel(answers=Answers.BABBLE))
    assert [status.state for status in bench.all(PrinterStatus)] == [PrinterState.UNKNOWN]
    assert print_slip(bench).outcome is Outcome.UNKNOWN


def test_a_printer_slower_than_any_is_waited_for_once_it_is_known_to_answer_marks() -> None:
    bench, model = printer_bench(PrinterModel(speed_mm_s=20))
    print_slip(bench, job="j1")
    bench.run(20)
    assert print_slip(bench, job="j2").outcome is Outcome.DONE
    assert not model.busy


def test_a_printer_that_was_switched_off_gets_no_bytes_until_it_answers_again() -> None:
    bench, model = printer_bench()
    model.switch_off()
    outcome = print_slip(bench)
    assert (outcome.outcome, outcome.reason) == (Outcome.NOT_STARTED, "offline")
    model.switch_on()
    bench.run(3)
    assert state(bench) is PrinterState.READY
    assert print_slip(bench).outcome is Outcome.DONE
    assert len(model.paper.slips) == 1


def test_a_printer_switched_off_in_mid_receipt_leaves_it_unknown_in_bounded_time() -> None:
    bench, model = printer_bench()
    bench.send(SendPrint("j1", LONG, 0))
    bench.run(1.0)
    model.switch_off()
    outcome, seconds = bench.run_until(PrintOutcome)
    assert outcome.outcome is Outcome.UNKNOWN
    assert seconds <= JOB_MAX_S + 1


def test_status_is_posted_on_change_only() -> None:
    bench, model = printer_bench()
    bench.run(60)
    assert len(bench.all(PrinterStatus)) == 1
    model.open_cover()
    bench.run(10)
    model.close_cover()
    bench.run(10)
    states = [status.state for status in bench.all(PrinterStatus)]
    assert states == [PrinterState.READY, PrinterState.COVER_OPEN, PrinterState.READY]


def test_status_blocks_that_come_unasked_are_understood() -> None:
    bench, model = printer_bench()
    model.receive(b"\x1d\x61\x0f")
    model.open_cover()
    bench.run(3)
    assert state(bench) is PrinterState.COVER_OPEN


@pytest.mark.parametrize("wrong", [{"paper_width_mm": 60}, {"columns": 40}, {"paper_width_mm": 58, "columns": 48},
                                   {"drawer_pin": 3}, {"baud": 50}, {"widht": 58}])  # fmt: skip
def test_settings_that_no_printer_has_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(port="sim://x", **wrong)


def test_what_a_killed_process_left_in_the_printer_is_no_answer_to_the_next_one() -> None:
    killed, model = printer_bench()
    killed.send(SendPrint("j1", RECEIPT, 0))
    killed.run(0.3)
    assert model.busy, "power is cut in mid-receipt"
    bench = DeviceBench("printer_escpos", model)
    outcome = print_slip(bench, job="j2")
    assert outcome.outcome is Outcome.DONE
    assert len(model.paper.slips) == 2, "said only when the second paper is cut"
