"""Coils of the locker wall's model: how long they are under power, and what burns one."""

from __future__ import annotations

from device_bench import DeviceBench

from edge.messages import PulseDoor
from edge.sim.locker import BURNS_S, LockerModel


def test_a_coil_that_a_dead_process_left_on_is_switched_off_at_the_start() -> None:
    model = LockerModel("modbus", {1: 8})
    door = model.door(1, 3)
    door.powered_mono = 1000.0
    bench = DeviceBench("locker_modbus", model, boards=[1])
    bench.run(BURNS_S * 2)
    assert door.powered_mono is None and not door.burnt


def test_a_coil_is_under_power_as_long_as_the_settings_say() -> None:
    for pulse_ms in (100, 500, 1000):
        model = LockerModel("modbus", {1: 8})
        bench = DeviceBench("locker_modbus", model, boards=[1], pulse_ms=pulse_ms)
        bench.run(3)
        bench.send(PulseDoor("p", "device", 1, 2, bench.clock.now + 5))
        bench.run(0.05)
        ((_, begun),) = model.boards[1].pulses
        for is_on, at in ((True, pulse_ms / 1000 - 0.02), (False, pulse_ms / 1000 + 0.02)):
            model.advance(begun + at)
            assert (model.door(1, 2).powered_mono is not None) == is_on, pulse_ms


def test_a_storm_of_pulses_burns_a_coil_and_a_pulse_now_and_then_does_not() -> None:
    order = bytes.fromhex("8A 01 06 11 9C")
    for pause_s, pulses, is_burnt in ((0.6, 10, True), (0.4, 2, False), (2.5, 100, False)):
        model = LockerModel("8a", {1: 8})
        for at in range(pulses):
            model.advance(at * pause_s)
            model.receive(order)
        model.advance(pulses * pause_s)
        assert model.door(1, 6).burnt == is_burnt, pause_s
    held = LockerModel("8a", {1: 8})
    held.receive(bytes.fromhex("9A 01 06 11 8C"))
    held.advance(BURNS_S - 0.1)
    assert not held.door(1, 6).burnt
    held.advance(BURNS_S)
    assert held.door(1, 6).burnt
