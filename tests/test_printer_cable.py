"""The printer's cable: cut, pulled, noisy; a file, a pty, a TCP port."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from device_bench import DeviceBench
from hypothesis import given
from hypothesis import strategies as st
from printer_bench import LONG, RECEIPT, kick, print_slip, printer_bench, run_over, state

from edge.messages import DeviceDown, KickOutcome, Outcome, PrinterState, PrinterStatus, PrintOutcome, SendPrint
from edge.model.slip import Picture, Slip
from edge.sim.printer import PrinterModel
from edge.sim.wiring import PtyHost, TcpHost


@pytest.mark.parametrize("octets", [1, 40, 300, 511, 512, 513, 1500])
def test_a_cable_cut_in_mid_receipt_gives_exactly_one_outcome_and_it_is_unknown(octets: int) -> None:
    bench, model = printer_bench()
    bench.run(0.5)
    bench.ports.cut_after("device", 12 + octets)  # behind the round of four questions
    outcome = print_slip(bench, LONG)
    assert outcome.outcome is Outcome.UNKNOWN and "the cable was cut" in outcome.reason
    bench.run(5)
    assert len(bench.all(PrintOutcome)) == 1
    assert len(bench.all(DeviceDown)) == 1
    bench.ports.plug("device")
    model.switch_off()
    model.switch_on()
    bench.run(5)
    assert bench.is_up
    assert print_slip(bench, job="j2", copy_no=1).outcome is Outcome.DONE


def test_a_picture_that_was_torn_does_not_swallow_the_next_receipt() -> None:
    bench, model = printer_bench()
    logo = Picture(384, tuple(b"\xff" * 48 for _ in range(200)))
    bench.ports.cut_after("device", 12 + 3000)
    assert print_slip(bench, Slip((logo, *RECEIPT.blocks))).outcome is Outcome.UNKNOWN
    bench.ports.plug("device")  # the printer kept its power: it waits for the rest of the picture
    bench.run(3)
    assert print_slip(bench, RECEIPT, "j2").outcome is Outcome.DONE
    assert "小红超市" in model.paper.slips[0].text and "谢谢惠顾" in model.paper.slips[0].text


def test_a_cable_pulled_before_the_print_lets_it_be_tried_again() -> None:
    bench, model = printer_bench()
    bench.send(SendPrint("j1", RECEIPT, 0))
    bench.send(SendPrint("j2", RECEIPT, 0))
    bench.ports.pull("device")
    bench.run(1)
    refused = [type(message).__name__ for message in bench.posted[-3:]]
    outcomes = {o.job: o.outcome for o in bench.all(PrintOutcome)}
    assert outcomes == {"j1": Outcome.NOT_STARTED, "j2": Outcome.NOT_STARTED}, refused
    bench.ports.plug("device")
    bench.run(3)
    assert state(bench) is PrinterState.READY
    assert list(model.paper.slips) == []


def test_a_worker_that_is_stopped_leaves_no_command_without_outcome() -> None:
    bench, _ = printer_bench()
    bench.send(SendPrint("j1", LONG, 0))
    bench.send(SendPrint("j2", LONG, 0))
    bench.run(0.5)
    bench.worker.close()
    assert {o.job: o.outcome for o in bench.all(PrintOutcome)} == {"j1": Outcome.UNKNOWN, "j2": Outcome.NOT_STARTED}


@given(noise=st.lists(st.binary(max_size=40), max_size=12))
def test_noise_on_the_line_raises_nothing_and_the_next_receipt_is_printed(noise: list[bytes]) -> None:
    bench, model = printer_bench(Noisy(noise))
    bench.run(len(noise) * 2.0)
    model.switch_on()  # a clean start: the noise may have switched automatic status on in nobody's name
    bench.run(5)
    assert bench.all(DeviceDown) == []
    assert print_slip(bench).outcome is Outcome.DONE
    assert len(model.paper.slips) == 1


class Noisy(PrinterModel):
    """Each time it is listened to it has one piece of noise less to say."""

    def __init__(self, noise: list[bytes]) -> None:
        super().__init__()
        self._noise = list(noise)

    def transmit(self) -> bytes:
        return (self._noise.pop() if self._noise else b"") + super().transmit()


def test_a_file_is_an_electronic_journal_that_is_always_done(tmp_path: Path) -> None:
    journal = tmp_path / "journal.bin"
    bench = DeviceBench("printer_escpos", PrinterModel(), port=f"file://{journal}")
    bench.run(1)
    assert state(bench) is PrinterState.READY
    assert print_slip(bench).outcome is Outcome.DONE
    assert kick(bench)[0].outcome is Outcome.DONE
    bench.worker.close()
    written = PrinterModel()
    written.receive(journal.read_bytes())
    for second in range(20):
        written.advance(second)
    assert "合计" in written.paper.slips[0].text and written.drawer.pulses == 1
    assert b"\x10\x04" not in journal.read_bytes()


def assert_printed_and_open(posted: list[Any], model: PrinterModel) -> None:
    assert PrintOutcome("device", "j1", Outcome.DONE) in posted
    assert KickOutcome("device", "k1", Outcome.DONE) in posted
    assert next(m for m in posted if isinstance(m, PrinterStatus)).state is PrinterState.READY
    assert len(model.paper.slips) == 1 and "谢谢惠顾" in model.paper.slips[0].text
    assert model.drawer.pulses == 1 and model.drawer.is_open


def test_over_a_real_pty_a_receipt_is_printed_once_and_the_drawer_opens_once(tmp_path: Path) -> None:
    model = PrinterModel(speed_mm_s=500)
    with PtyHost(model, tmp_path / "printer") as host:
        posted = run_over(str(host.link))
    assert_printed_and_open(posted, model)


def test_over_a_real_tcp_port_a_receipt_is_printed_once_and_the_drawer_opens_once() -> None:
    model = PrinterModel(speed_mm_s=500)
    with TcpHost(model) as host:
        posted = run_over(host.url)
    assert_printed_and_open(posted, model)


def test_a_tcp_printer_that_refuses_is_reported_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    bench = DeviceBench("printer_escpos", PrinterModel(), port=f"tcp://127.0.0.1:{port}")
    bench.run(5)
    assert len(bench.all(DeviceDown)) == 1
