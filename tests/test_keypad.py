"""The keypad's driver against a pad with a finger on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from input_kernel import InputKernel
from scan_bench import InputBench, context, live

from edge.drivers.keypad import HOLD_S, Keypad, Settings
from edge.errors import DeviceError
from edge.messages import DeviceUp, Key, KeyPressed
from edge.sim.keypad import KeypadModel
from edge.sim.keystroke import report, tap
from edge.sim.wiring import PtyHost

NODE = "/dev/input/by-path/pci-0000:00:14.0-usb-0:3:1.0-event-kbd"
PRESSABLE = [key for key in Key if key is not Key.CANCEL]


def bench_of(model: KeypadModel) -> InputBench:
    bench = InputBench("keypad", model)
    bench.run()
    return bench


def keys(bench: InputBench) -> list[Key]:
    return [press.key for press in bench.all(KeyPressed)]


def test_each_key_of_the_pad_is_posted_once_at_its_press() -> None:
    model = KeypadModel()
    bench = bench_of(model)
    for key in PRESSABLE:
        model.press(key)
    bench.watch(2.0)
    assert keys(bench) == PRESSABLE


def test_number_is_typed_in_order() -> None:
    model = KeypadModel()
    bench = bench_of(model)
    model.type("12.50")
    model.press(Key.ENTER)
    bench.watch(1.0)
    assert keys(bench) == [Key.D1, Key.D2, Key.POINT, Key.D5, Key.D0, Key.ENTER]


def test_key_that_is_held_repeats_nothing() -> None:
    model = KeypadModel()
    bench = bench_of(model)
    model.hold(Key.D9, 5.0)
    bench.watch(6.0, tick_s=0.01)
    assert keys(bench) == [Key.D9]


def test_backspace_held_for_two_seconds_clears_then_cancels_once() -> None:
    model = KeypadModel()
    bench = bench_of(model)
    begun = bench.clock.now
    model.hold(Key.BACKSPACE, 5.0)
    bench.watch(6.0, tick_s=0.01)
    assert keys(bench) == [Key.BACKSPACE, Key.CANCEL]
    assert bench.all(KeyPressed)[1].at_mono - begun == pytest.approx(HOLD_S, abs=0.02)


def test_the_cancel_wakes_the_worker_by_itself() -> None:
    kernel = InputKernel()
    bench = InputBench("keypad", KeypadModel())
    node = kernel.plug(NODE)
    device = Keypad(Settings(port=NODE), context(bench), open_node=kernel.open)
    device.open()
    node.deliver(report(14, 1))
    assert device.pump() == HOLD_S
    bench.clock.now += HOLD_S
    device.pump()
    device.close()
    assert keys(bench) == [Key.BACKSPACE, Key.CANCEL]


@pytest.mark.parametrize("seconds", [0.06, 1.0, 1.95])
def test_backspace_let_go_in_time_does_not_cancel(seconds: float) -> None:
    model = KeypadModel()
    bench = bench_of(model)
    model.hold(Key.BACKSPACE, seconds)
    bench.watch(4.0, tick_s=0.01)
    assert keys(bench) == [Key.BACKSPACE]


def test_backspace_whose_release_was_lost_does_not_cancel() -> None:
    model = KeypadModel()
    bench = bench_of(model)
    model.hold_and_lose_the_release(Key.BACKSPACE)
    bench.watch(4.0, tick_s=0.01)
    assert keys(bench) == [Key.BACKSPACE]


def test_pad_pulled_with_backspace_down_does_not_cancel_when_it_comes_back() -> None:
    model = KeypadModel()
    bench = bench_of(model)
    model.hold(Key.BACKSPACE, 10.0)
    bench.watch(1.0, tick_s=0.01)
    model.lose_power()
    bench.replug()
    bench.watch(4.0, tick_s=0.01)
    model.press(Key.D7)
    bench.watch()
    assert keys(bench) == [Key.BACKSPACE, Key.D7]


def test_keys_that_no_pad_has_are_passed_over() -> None:
    kernel = InputKernel()
    bench = InputBench("keypad", KeypadModel())
    node = kernel.plug(NODE)
    device = Keypad(Settings(port=NODE), context(bench), open_node=kernel.open)
    device.open()
    # NumLock, F8, Power, a letter; then a key of the pad.
    for code in (69, 66, 116, 30, 71):
        node.deliver(b"".join(tap(code)))
    device.pump()
    device.close()
    assert keys(bench) == [Key.D7]


def test_pad_held_by_another_program_is_said_so() -> None:
    kernel = InputKernel()
    kernel.plug(NODE)
    kernel.open(NODE).grab()
    device = Keypad(Settings(port=NODE), context(InputBench("keypad", KeypadModel())), open_node=kernel.open)
    with pytest.raises(DeviceError, match="another program holds the keypad"):
        device.open()


def test_over_a_real_pty_keys_arrive(tmp_path: Path) -> None:
    model = KeypadModel()
    with PtyHost(model, tmp_path / "pad") as host, live("keypad", str(host.link)) as device:
        device.next(DeviceUp)
        with host.lock:
            model.type("20")
            model.press(Key.ENTER)
            model.hold(Key.BACKSPACE, HOLD_S + 0.5)
        pressed = [device.next(KeyPressed).key for _ in range(5)]
    assert pressed == [Key.D2, Key.D0, Key.ENTER, Key.BACKSPACE, Key.CANCEL]
