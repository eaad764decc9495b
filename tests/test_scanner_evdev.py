"""The keyboard scanner's driver against a scanner that types, over a channel and as a grabbed node."""

from __future__ import annotations

import logging
import queue
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from input_kernel import InputKernel
from pydantic import ValidationError
from scan_bench import InputBench, context, live

from edge.clock import SystemClock
from edge.codec.keyboard import ALT, CTRL, SHIFT
from edge.drivers.scanner_evdev import HALF_SCAN_S, KeyboardScanner, Settings
from edge.errors import DeviceError
from edge.messages import DeviceDown, DeviceUp, ScanData, ScanRefused, ScanTrouble
from edge.sim.keystroke import report, strokes, tap
from edge.sim.scanner import ENTER, KEY_S, TAB, KeyboardScannerModel
from edge.sim.wiring import PtyHost
from edge.worker import Worker

COLA = "6901234567892"
WATER = "6921168509256"
WAYBILL = "YT8962347612345"
PAY_CODE = "134567890123456789"
NODE = "/dev/input/by-id/usb-Newland_HR32-event-kbd"


def bench_of(model: KeyboardScannerModel, **settings: Any) -> InputBench:
    bench = InputBench("scanner_evdev", model, **settings)
    bench.run()
    return bench


def typed(text: str) -> bytes:
    return b"".join([*strokes(text), *tap(ENTER)])


@pytest.mark.parametrize("suffix", [ENTER, 96, TAB], ids=["enter", "keypad enter", "tab"])
def test_scan_arrives_with_its_terminator(suffix: int) -> None:
    model = KeyboardScannerModel(suffix=suffix)
    bench = bench_of(model)
    model.scan(WAYBILL)
    bench.watch()
    assert bench.all(ScanData) == [ScanData("device", WAYBILL, bench.clock.now, None)]


def test_two_scanners_at_once_share_neither_buffer_nor_shift_key() -> None:
    left, right = KeyboardScannerModel(pace_s=KEY_S), KeyboardScannerModel(pace_s=KEY_S)
    first, second = bench_of(left), bench_of(right)
    left.scan(WAYBILL)
    right.scan(COLA)
    for _ in range(100):
        first.watch(KEY_S, tick_s=KEY_S)
        second.watch(KEY_S, tick_s=KEY_S)
    assert (first.scans, second.scans) == ([WAYBILL], [COLA])


def test_scanner_without_suffix_is_framed_by_silence() -> None:
    model = KeyboardScannerModel(suffix=None, pace_s=KEY_S)
    bench = bench_of(model, suffix="none", idle_ms=150)
    model.scan(COLA)
    bench.watch(len(COLA) * 2 * KEY_S + 0.1)
    assert bench.scans == [], "the silence is not over yet"
    bench.run(0.1)
    model.scan(WATER)
    bench.watch(0.5)
    assert bench.scans == [COLA, WATER]


def test_half_scan_is_dropped_after_silence_and_only_its_length_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    model = KeyboardScannerModel()
    bench = bench_of(model)
    model.scan_half(PAY_CODE)
    bench.watch()
    bench.run(HALF_SCAN_S + 0.01)
    model.scan(COLA)
    bench.watch()
    assert bench.all(ScanRefused) == [ScanRefused("device", ScanTrouble.DROPPED, 9)]
    assert bench.scans == [COLA]
    assert "9 keys" in caplog.text
    assert PAY_CODE[:6] not in caplog.text


def test_keys_lost_by_the_kernel_discard_that_scan_only() -> None:
    model = KeyboardScannerModel()
    bench = bench_of(model)
    model.scan_while_busy(WAYBILL)
    model.scan(COLA)
    bench.watch()
    assert bench.troubles == [ScanTrouble.DROPPED]
    assert bench.scans == [COLA]


def test_keys_lost_with_the_terminator_do_not_swallow_the_next_scan() -> None:
    model = KeyboardScannerModel(suffix=None)
    bench = bench_of(model)
    model.scan_while_busy(COLA)
    bench.watch()
    bench.run(HALF_SCAN_S + 0.01)
    model.scan(WATER)
    model.mash([ENTER])
    bench.watch()
    assert bench.scans == [WATER]


def test_a_scan_lost_whole_does_not_swallow_the_next_one() -> None:
    model = KeyboardScannerModel()
    bench = bench_of(model)
    model.stall()
    bench.watch()
    bench.run(HALF_SCAN_S + 0.01)
    model.scan(WATER)
    bench.watch()
    assert bench.scans == [WATER]


def test_shift_whose_release_was_lost_does_not_spoil_the_next_scan() -> None:
    bench = InputBench("scanner_evdev", KeyboardScannerModel())
    kernel = InputKernel()
    node = kernel.plug(NODE)
    device = KeyboardScanner(Settings(port=NODE), context(bench), open_node=kernel.open)
    device.open()
    node.deliver(report(42, 1) + report(30, 1))
    device.pump()
    bench.clock.now += HALF_SCAN_S
    device.pump()
    node.deliver(typed(COLA))
    device.pump()
    device.close()
    assert bench.scans == [COLA]


def test_overlong_scan_is_refused_once_and_the_next_one_read() -> None:
    model = KeyboardScannerModel()
    bench = bench_of(model)
    model.babble(5000)
    model.mash([ENTER])
    model.scan(COLA)
    bench.watch(0.2)
    assert bench.troubles == [ScanTrouble.TOO_LONG]
    assert bench.scans == [COLA]


def test_flood_of_codes_arrives_whole_and_in_order() -> None:
    model = KeyboardScannerModel()
    bench = bench_of(model)
    codes = [f"{n:013d}" for n in range(300)]
    model.flood(codes)
    bench.watch(0.5)
    assert bench.scans == codes


def test_garbled_scan_is_refused_and_the_next_one_read() -> None:
    model = KeyboardScannerModel()
    bench = bench_of(model)
    model.garble(COLA)
    model.scan(COLA)
    bench.watch()
    assert bench.troubles == [ScanTrouble.GARBLED]
    assert bench.scans == [COLA]


@pytest.mark.parametrize("mode", ["gbk", "unicode", "bytes"])
def test_chinese_and_gs_are_read_in_the_mode_that_is_set(mode: Any) -> None:
    model = KeyboardScannerModel(alt_mode=mode)
    bench = bench_of(model, alt_mode=mode)
    model.scan("遥控\x1d中文A1")
    bench.watch()
    assert bench.scans == ["遥控\x1d中文A1"]


def test_case_is_inverted_on_request() -> None:
    model = KeyboardScannerModel()
    bench = bench_of(model, invert_case=True)
    model.scan("yt8962")
    bench.watch()
    assert bench.scans == ["YT8962"]


def test_aim_identifier_is_split_off() -> None:
    model = KeyboardScannerModel(aim="]E0")
    bench = bench_of(model)
    model.scan(COLA)
    bench.watch()
    assert [(scan.aim, scan.text) for scan in bench.all(ScanData)] == [("]E0", COLA)]


def test_pulled_and_plugged_in_again_reads_the_next_scan_and_logs_one_line(caplog: pytest.LogCaptureFixture) -> None:
    model = KeyboardScannerModel()
    bench = bench_of(model)
    model.scan_half(COLA)
    bench.watch()
    caplog.clear()
    bench.replug()
    assert len(caplog.records) == 1
    model.scan(WATER)
    bench.watch()
    assert bench.scans == [WATER]


KEYS = st.integers(1, 127).filter(lambda key: key not in SHIFT | CTRL | ALT)


@given(garbage=st.lists(KEYS, max_size=200), at_once=st.booleans())
def test_after_any_keys_and_an_enter_the_next_good_code_is_read(garbage: list[int], at_once: bool) -> None:
    model = KeyboardScannerModel()
    bench = bench_of(model)
    for key in garbage:
        model.mash([key])
        if not at_once:
            bench.watch()
    model.mash([ENTER])
    model.scan(WAYBILL)
    bench.watch()
    assert bench.scans[-1:] == [WAYBILL]


@given(st.binary(max_size=960))
def test_no_octets_on_the_channel_make_the_driver_fail(octets: bytes) -> None:
    kernel = InputKernel()
    bench = InputBench("scanner_evdev", KeyboardScannerModel())
    node = kernel.plug(NODE)
    device = KeyboardScanner(Settings(port=NODE), context(bench), open_node=kernel.open)
    device.open()
    node.deliver(octets[: len(octets) // 24 * 24])
    device.pump()
    bench.clock.now += 1.0
    device.pump()
    device.close()
    assert all(isinstance(message, ScanData | ScanRefused) for message in bench.posted)


def test_over_a_real_pty_scans_arrive_before_and_after_the_plug_was_pulled(tmp_path: Path) -> None:
    model = KeyboardScannerModel()
    host = PtyHost(model, tmp_path / "scanner")
    with host, live("scanner_evdev", str(host.link)) as device:
        device.next(DeviceUp)
        with host.lock:
            model.scan(COLA)
        assert device.next(ScanData).text == COLA
        host.pull()
        assert device.next(DeviceDown).device == "device"
        host.plug()
        device.next(DeviceUp)
        with host.lock:
            model.scan(WAYBILL)
        assert device.next(ScanData).text == WAYBILL


# --- nodes of the kernel ---------------------------------------------------------------------------------------------


def node_worker(kernel: InputKernel, posted: queue.Queue[Any], name: str = "counter") -> Worker:
    clock = SystemClock()
    bench = InputBench("scanner_evdev", KeyboardScannerModel())

    def build(_: object) -> KeyboardScanner:
        return KeyboardScanner(Settings(port=NODE), context(bench, name), open_node=kernel.open)

    return Worker(name, build, post=posted.put, clock=clock, chance=Random(1))


def opened(kernel: InputKernel) -> tuple[InputBench, KeyboardScanner]:
    bench = InputBench("scanner_evdev", KeyboardScannerModel())
    device = KeyboardScanner(Settings(port=NODE), context(bench), open_node=kernel.open)
    device.open()
    return bench, device


def test_node_is_grabbed_so_that_the_console_does_not_hear_the_scan() -> None:
    kernel = InputKernel()
    node = kernel.plug(NODE)
    console = kernel.open(NODE)
    bench, device = opened(kernel)
    node.deliver(typed(WAYBILL))
    device.pump()
    assert bench.scans == [WAYBILL]
    assert console.read_one() is None
    device.close()
    node.deliver(typed("1"))
    assert console.read_one() is not None, "the grab ends when the driver lets go"


def test_scanner_held_by_another_program_is_said_so() -> None:
    kernel = InputKernel()
    kernel.plug(NODE)
    kernel.open(NODE).grab()
    with pytest.raises(DeviceError, match="another program holds the scanner") as refused:
        opened(kernel)
    assert refused.value.where == NODE


def test_missing_permission_names_the_cure() -> None:
    kernel = InputKernel()
    kernel.plug(NODE)
    kernel.forbidden.add(NODE)
    with pytest.raises(DeviceError, match=r"group input.*udev rule"):
        opened(kernel)


def test_missing_node_is_said_so() -> None:
    with pytest.raises(DeviceError, match="the scanner is not plugged in"):
        opened(InputKernel())


def test_machine_without_the_library_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "evdev", None)
    bench = InputBench("scanner_evdev", KeyboardScannerModel(), port=NODE)
    bench.run()
    assert "python3-evdev" in bench.last(DeviceDown).reason


def test_unplugged_node_is_opened_and_grabbed_again(caplog: pytest.LogCaptureFixture) -> None:
    kernel = InputKernel()
    node = kernel.plug(NODE)
    bench = InputBench("scanner_evdev", KeyboardScannerModel())

    def build(_: object) -> KeyboardScanner:
        return KeyboardScanner(Settings(port=NODE), context(bench), open_node=kernel.open)

    worker = Worker("device", build, post=bench.posted.append, clock=bench.clock, chance=Random(1))
    worker.step(bench.clock.now)
    node.deliver(b"".join(strokes("690")))
    worker.step(bench.clock.now)
    kernel.unplug(NODE)
    worker.step(bench.clock.now)
    assert "the scanner was unplugged" in bench.last(DeviceDown).reason
    bench.clock.now += 5.0
    worker.step(bench.clock.now)
    node = kernel.plug(NODE)
    bench.clock.now += 5.0
    worker.step(bench.clock.now)
    node.deliver(typed(WATER))
    worker.step(bench.clock.now)
    assert bench.scans == [WATER]
    assert node.grabbed_by is not None
    assert len(bench.all(DeviceDown)) == 1
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1
    worker.close()


@pytest.mark.parametrize(
    "wrong", [{"suffix": "tab"}, {"alt_mode": "utf-8"}, {"idle_ms": 5}, {"gs_keys": [0]}, {"grab": False}], ids=str
)
def test_wrong_setting_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Settings.model_validate({"port": NODE, **wrong})
