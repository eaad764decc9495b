"""The cash drawer on the printer's connector: it opens once, now or not at all."""

from __future__ import annotations

from printer_bench import LONG, RECEIPT, LateAnswers, kick, printer_bench

from edge.drivers.printer_escpos import SENSE_S
from edge.messages import KickOutcome, Outcome, PrinterStatus, PrintOutcome, SendKick, SendPrint
from edge.sim.drawer import Drawer, Switch
from edge.sim.printer import Answers, PrinterModel


def test_a_kick_opens_the_drawer_once_and_the_sensor_confirms_it() -> None:
    bench, model = printer_bench(drawer_open_level="high")
    outcome, seconds = kick(bench)
    assert outcome == KickOutcome("device", "k1", Outcome.DONE)
    assert seconds < 0.1
    assert model.drawer.pulses == 1 and model.drawer.is_open
    assert bench.last(PrinterStatus).pin3_high is True
    model.drawer.shut()
    bench.run(3)
    assert bench.last(PrinterStatus).pin3_high is False
    assert model.drawer.pulses == 1


def test_the_pulse_is_the_one_of_the_decisions() -> None:
    bench, model = printer_bench(PrinterModel(drawer=Drawer(pin=5)), drawer_pin=5)
    kick(bench)
    assert [(pulse.pin, pulse.on_ms, pulse.off_ms) for pulse in model.paper.kicks] == [(5, 100, 100)]


def test_a_stuck_drawer_with_a_sensor_is_unknown() -> None:
    bench, model = printer_bench(drawer_open_level="low", model=PrinterModel(drawer=Drawer(switch=Switch.LOW_OPEN)))
    model.drawer.stuck = True
    outcome, seconds = kick(bench)
    assert (outcome.outcome, outcome.reason) == (Outcome.UNKNOWN, "the drawer did not open")
    assert seconds <= SENSE_S + 0.2
    assert model.drawer.pulses == 1


def test_a_drawer_that_was_open_before_does_not_vouch_for_the_next_pulse() -> None:
    bench, model = printer_bench(drawer_open_level="high")
    model.drawer.pull_open()
    bench.run(3)
    model.drawer.shut()
    model.drawer.stuck = True
    assert kick(bench)[0].outcome is Outcome.UNKNOWN


def test_the_drawer_of_a_printer_that_fell_silent_is_not_known() -> None:
    bench, model = printer_bench(drawer_open_level="high")
    model.switch_off()
    bench.run(10)
    assert bench.last(PrinterStatus).pin3_high is None
    assert kick(bench)[0].outcome is Outcome.UNKNOWN


def test_without_a_known_sensor_a_written_pulse_is_done() -> None:
    bench, model = printer_bench(PrinterModel(drawer=Drawer(switch=Switch.NONE)))
    assert kick(bench)[0].outcome is Outcome.DONE
    assert model.drawer.is_open


def test_a_silent_printer_kicks_at_once() -> None:
    bench, model = printer_bench(PrinterModel(answers=Answers.SILENT), drawer_open_level="high")
    bench.send(SendKick("k1", bench.clock.now + 5))
    bench.run(0.0)
    assert model.drawer.is_open
    assert bench.last(KickOutcome).outcome is Outcome.DONE


def test_an_expired_kick_is_not_carried_out() -> None:
    bench, model = printer_bench()
    outcome, _ = kick(bench, expires_s=-0.001)
    assert (outcome.outcome, outcome.reason) == (Outcome.NOT_STARTED, "expired")
    assert model.drawer.pulses == 0


def test_a_printer_without_drawer_refuses_the_kick() -> None:
    bench, model = printer_bench(drawer=False)
    assert kick(bench)[0].outcome is Outcome.NOT_STARTED
    assert model.drawer.pulses == 0


def test_with_the_paper_out_the_drawer_opens_now_and_not_again_at_the_refill() -> None:
    bench, model = printer_bench(drawer_open_level="high")
    model.out_of_paper()
    bench.run(3)
    assert kick(bench)[0].outcome is Outcome.DONE
    model.drawer.shut()
    model.refill()
    bench.run(5)
    assert model.drawer.pulses == 1 and not model.drawer.is_open


def test_a_kick_does_not_wait_for_the_receipt_that_is_being_printed() -> None:
    bench, _ = printer_bench()
    bench.send(SendPrint("j1", LONG, 0))
    bench.run(0.5)
    outcome, seconds = kick(bench)
    assert outcome.outcome is Outcome.DONE and seconds < 0.05
    assert bench.all(PrintOutcome) == []
    assert bench.run_until(PrintOutcome)[0].outcome is Outcome.DONE


def test_a_kick_sent_before_the_print_opens_the_drawer_before_the_paper_moves() -> None:
    bench, model = printer_bench(drawer_open_level="high")
    bench.send(SendKick("k1", bench.clock.now + 5))
    bench.send(SendPrint("j1", RECEIPT, 0))
    bench.run(0.06)
    assert model.drawer.is_open and bench.last(KickOutcome).outcome is Outcome.DONE
    assert bench.run_until(PrintOutcome)[0].outcome is Outcome.DONE


def test_a_pulse_behind_a_receipt_that_is_being_printed_is_waited_for() -> None:
    bench, model = printer_bench(PrinterModel(speed_mm_s=60.0), drawer_open_level="high")
    bench.run(6)
    bench.send(SendPrint("j1", RECEIPT, 0))
    bench.run(0.3)
    assert model.busy, "it is being printed"
    outcome, seconds = kick(bench)
    assert outcome.outcome is Outcome.DONE and model.drawer.is_open
    assert seconds < 10


def test_no_paper_moves_before_it_is_known_what_the_drawer_did() -> None:
    bench, model = printer_bench(drawer_open_level="high")
    model.drawer.stuck = True
    bench.send(SendKick("k1", bench.clock.now + 5))
    bench.send(SendPrint("j1", RECEIPT, 0))
    assert bench.run_until(KickOutcome)[0].outcome is Outcome.UNKNOWN
    assert model.paper.fed_dots == 0
    assert bench.run_until(PrintOutcome)[0].outcome is Outcome.DONE


def test_a_kick_that_comes_while_the_printer_is_asked_goes_before_the_receipt() -> None:
    bench, model = printer_bench(LateAnswers(), drawer_open_level="high")
    model.drawer.stuck = True
    bench.send(SendPrint("j1", RECEIPT, 0))
    bench.run(0.02)
    assert kick(bench)[0].outcome is Outcome.UNKNOWN
    assert model.drawer.pulses == 1 and model.paper.fed_dots == 0
    assert bench.run_until(PrintOutcome)[0].outcome is Outcome.DONE


def test_a_cable_cut_in_the_pulse_leaves_the_kick_unknown() -> None:
    bench, _ = printer_bench()
    bench.ports.cut_after("device", 2)
    assert kick(bench)[0].outcome is Outcome.UNKNOWN
