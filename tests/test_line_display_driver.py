"""The display driver: what the customer sees on each kind of display."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from device_bench import DeviceBench, build_worker
from pydantic import ValidationError

from edge.clock import SystemClock
from edge.codec.line_display import DisplayKind
from edge.drivers.line_display import Settings
from edge.messages import CommandRefused, DeviceDown, DeviceUp, SendKick, Show, View
from edge.model.money import Fen, Milli
from edge.sim.line_display import LineDisplayModel
from edge.sim.ports import SimPorts
from edge.sim.wiring import PtyHost

COLA = Show(View.ITEM, name="可口可乐", name_en="Cola", qty=Milli(2000), price=Fen(350), amount=Fen(700))
TOTAL = Show(View.TOTAL, amount=Fen(700))
CHANGE = Show(View.CHANGE, amount=Fen(1300))


def display_bench(kind: DisplayKind, *, gap_s: float = 0.0, **settings: Any) -> tuple[DeviceBench, LineDisplayModel]:
    model = LineDisplayModel(kind, gap_s=gap_s)
    bench = DeviceBench("line_display", model, kind=kind.value, **settings)
    bench.run(0.1)
    return bench, model


@pytest.mark.parametrize("kind", [DisplayKind.CD5220, DisplayKind.DMD])
def test_a_scan_shows_quantity_price_and_total(kind: DisplayKind) -> None:
    bench, model = display_bench(kind)
    bench.send(COLA)
    bench.run()
    assert model.screen.text == "Cola          2x3.50\nTOTAL           7.00"
    bench.send(CHANGE)
    bench.run()
    assert "CHANGE" in model.screen.text and "13.00" in model.screen.text and "Cola" not in model.screen.text
    assert model.screen.garbage == 0


def test_a_display_with_the_font_shows_chinese() -> None:
    bench, model = display_bench(DisplayKind.CD5220, chinese=True)
    bench.send(COLA)
    bench.run()
    assert "可口可乐" in model.screen.text and "合计" in model.screen.text


def test_an_led8_gets_its_commands_far_enough_apart_to_show_number_and_lamp() -> None:
    bench, model = display_bench(DisplayKind.LED8, gap_s=0.01)
    for show, seen in ((COLA, "3.50 unit price lamp"), (TOTAL, "7.00 total lamp"), (CHANGE, "13.00 change lamp")):
        bench.send(show)
        bench.run(0.1)
        assert model.screen.text == seen
    assert model.lost == 0


def test_of_many_shows_in_a_row_the_last_one_stands() -> None:
    bench, model = display_bench(DisplayKind.LED8, gap_s=0.01)
    for fen in range(100, 200):
        bench.send(Show(View.TOTAL, amount=Fen(fen)))
        bench.run(0.003)
    bench.run(0.1)
    assert model.screen.text == "1.99 total lamp"
    assert model.lost == 0


def test_a_show_is_on_the_glass_without_a_pause_on_a_vfd() -> None:
    bench, model = display_bench(DisplayKind.CD5220)
    bench.send(COLA)
    bench.run(0.0)
    assert "7.00" in model.screen.text


def test_a_display_that_was_pulled_is_missed_at_the_next_show_and_comes_back_cleared() -> None:
    bench, model = display_bench(DisplayKind.CD5220)
    bench.send(TOTAL)
    bench.run()
    bench.ports.pull("device")
    bench.send(CHANGE)
    bench.run(1)
    assert len(bench.all(DeviceDown)) == 1
    bench.ports.plug("device")
    bench.run(2)
    assert bench.is_up and len(bench.all(DeviceUp)) == 2
    assert model.screen.text.strip() == ""
    bench.send(CHANGE)
    bench.run()
    assert "13.00" in model.screen.text


def test_a_command_that_no_display_knows_is_refused_not_lost() -> None:
    bench, _ = display_bench(DisplayKind.CD5220)
    stray = SendKick("k1", 0.0)
    bench.send(stray)
    bench.run()
    assert bench.all(CommandRefused) == [CommandRefused("device", stray)]


def test_over_a_real_pty_the_display_shows_the_sale_and_a_pulled_cable_is_noticed_at_rest(tmp_path: Path) -> None:
    model = LineDisplayModel(DisplayKind.CD5220)
    posted: list[Any] = []
    clock = SystemClock()
    host = PtyHost(model, tmp_path / "display")
    worker = build_worker(
        "line_display", {"port": str(host.link), "kind": "cd5220"}, name="device", post=posted.append, clock=clock,
        ports=SimPorts(clock), patience_s=0.25, idle_s=0.0,
    )  # fmt: skip
    with host:
        for _ in range(4):
            worker.step(clock.mono())
        worker.submit(COLA)
        for _ in range(2):
            worker.step(clock.mono())
        until(host, lambda: "7.00" in model.screen.text)
    worker.step(clock.mono())
    assert [type(message) for message in posted] == [DeviceUp, DeviceDown]


def until(host: PtyHost, seen: Callable[[], bool]) -> None:
    """Give the far end of the cable its turns until it has seen everything."""
    for _ in range(500):
        with host.lock:
            if seen():
                return
        threading.Event().wait(0.01)
    raise AssertionError("it never arrived")


@pytest.mark.parametrize("wrong", [{}, {"kind": "vfd"}, {"kind": "led8", "baud": 10}, {"kind": "dmd", "lamp": True}])
def test_a_display_of_no_known_kind_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(port="sim://x", **wrong)
