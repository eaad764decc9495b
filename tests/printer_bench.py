"""A receipt printer on the bench: slips to print, drawers to kick, and what the counter is told."""

from __future__ import annotations

import threading
from typing import Any

from device_bench import DeviceBench, build_worker

from edge.clock import SystemClock
from edge.messages import KickOutcome, PrinterState, PrinterStatus, PrintOutcome, SendKick, SendPrint
from edge.model.slip import Align, Barcode, Row, Rule, Slip, Text
from edge.sim.ports import SimPorts
from edge.sim.printer import PrinterModel

RECEIPT = Slip(
    (
        Text("小红超市", Align.CENTRE, bold=True, big=True),
        Row("可口可乐 330ml × 2", "7.00"),
        Row("农夫山泉 550ml", "2.00"),
        Rule(),
        Row("合计", "9.00", bold=True),
        Barcode("R2611231000012"),
        Text("谢谢惠顾", Align.CENTRE),
    )
)
LONG = Slip(tuple(Row(f"商品 {n:03d}", f"{n}.00") for n in range(100)))


def printer_bench(model: PrinterModel | None = None, **settings: Any) -> tuple[DeviceBench, PrinterModel]:
    model = model or PrinterModel()
    bench = DeviceBench("printer_escpos", model, **settings)
    bench.run(3.0)
    return bench, model


def print_slip(bench: DeviceBench, slip: Slip = RECEIPT, job: str = "j1", copy_no: int = 0) -> PrintOutcome:
    bench.send(SendPrint(job, slip, copy_no))
    return bench.run_until(PrintOutcome)[0]


def state(bench: DeviceBench) -> PrinterState:
    return bench.last(PrinterStatus).state


def kick(bench: DeviceBench, kick_id: str = "k1", *, expires_s: float = 5.0) -> tuple[KickOutcome, float]:
    bench.send(SendKick(kick_id, bench.clock.now + expires_s))
    return bench.run_until(KickOutcome)


class LateAnswers(PrinterModel):
    """Takes 15 ms to answer, as a printer on a serial line does."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[tuple[float, bytes]] = []

    def transmit(self) -> bytes:
        if octets := super().transmit():
            self._held.append((self._now + 0.015, octets))
        due = [octets for at, octets in self._held if at <= self._now]
        self._held = [(at, octets) for at, octets in self._held if at > self._now]
        return b"".join(due)


def run_over(port: str) -> list[Any]:
    """The driver in its real thread against a real channel, until a receipt and a kick have their outcome."""
    posted: list[Any] = []
    ended = threading.Semaphore(0)
    ready = threading.Event()

    def post(message: object) -> None:
        posted.append(message)
        if isinstance(message, PrintOutcome | KickOutcome):
            ended.release()
        if isinstance(message, PrinterStatus):
            ready.set()

    clock = SystemClock()
    settings = {"port": port, "drawer_open_level": "high"}
    worker = build_worker(
        "printer_escpos", settings, name="device", post=post, clock=clock, ports=SimPorts(clock),
        patience_s=0.25, idle_s=0.0,
    )  # fmt: skip
    worker.start()
    try:
        assert ready.wait(10)
        worker.submit(SendKick("k1", clock.mono() + 5))
        worker.submit(SendPrint("j1", RECEIPT, 0))
        assert ended.acquire(timeout=10) and ended.acquire(timeout=10)
    finally:
        worker.stop()
        worker.join()
    return posted
