"""The scale's driver in its worker, against the model: every protocol, nonsense, silence, a pulled cable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from device_bench import DeviceBench
from fuzz_streams import SCALES
from pydantic import ValidationError

from edge.codec.scale import PROTOCOLS
from edge.drivers.scale_serial import ANSWER_S, ASK_S, SILENCE_S, TELL_S, Settings
from edge.messages import DeviceDown, Weigh, WeightRead, WeightTaken
from edge.sim.scale import CAPACITY_G, SETTLE_S, TONGUES, ScaleModel

WEIGHING_S = 5.0
ASKED = ("cas", "nci", "toledo_8217", "yaohua_command")
TALKING = sorted(set(PROTOCOLS) - set(ASKED))


def opened(protocol: str, **settings: Any) -> tuple[DeviceBench, ScaleModel]:
    model = ScaleModel(protocol)
    bench = DeviceBench("scale_serial", model, protocol=protocol, **settings)
    bench.run(1)
    return bench, model


def weigh(bench: DeviceBench, seconds: float = WEIGHING_S) -> list[WeightRead]:
    """What the scale told in that time."""
    before = len(bench.all(WeightRead))
    bench.send(Weigh(bench.clock.now + seconds))
    bench.run(seconds)
    return bench.all(WeightRead)[before:]


def test_the_model_speaks_every_protocol() -> None:
    assert set(TONGUES) == set(PROTOCOLS)


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_a_load_is_told_moving_first_and_then_at_rest(protocol: str) -> None:
    bench, model = opened(protocol)
    model.put_on(585)
    told = weigh(bench)
    resting = [data.reading for data in told if data.reading.sellable]
    assert resting[-1].grams == 585
    assert not told[0].reading.sellable, "it still swings"
    assert {reading.grams for reading in resting} == {585}, "nothing but the whole load is told at rest"
    assert bench.all(DeviceDown) == []


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_overload_is_never_a_weight_to_sell(protocol: str) -> None:
    bench, model = opened(protocol)
    model.put_on(CAPACITY_G + 100)
    told = weigh(bench)
    assert told[-1].reading.over
    assert not any(data.reading.sellable for data in told)


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_below_zero_is_never_a_weight_to_sell(protocol: str) -> None:
    bench, model = opened(protocol)
    model.put_on(300)
    model.press_zero()
    model.take_off()
    told = weigh(bench)
    assert told
    assert not any(data.reading.sellable for data in told)


@pytest.mark.parametrize("protocol", ASKED)
def test_nobody_is_asked_before_somebody_weighs_nor_after(protocol: str) -> None:
    bench, model = opened(protocol)
    bench.run(60)
    assert model.asked == 0
    weigh(bench)
    asked = model.asked
    assert WEIGHING_S * 5 <= asked <= WEIGHING_S * 10, "five to ten times a second"
    bench.run(60)
    assert model.asked == asked


@pytest.mark.parametrize("protocol", ASKED)
def test_a_scale_that_does_not_answer_three_questions_is_disconnected(protocol: str) -> None:
    bench, model = opened(protocol)
    model.switch_off()
    bench.send(Weigh(bench.clock.now + WEIGHING_S))
    down, seconds = bench.run_until(DeviceDown)
    assert "the scale is disconnected" in down.reason
    assert "silence" in down.reason
    assert seconds == pytest.approx(3 * ANSWER_S, abs=0.2)
    bench.run(2)
    assert bench.is_up, "its port is there; it is asked again when somebody weighs"
    model.switch_on()
    model.put_on(100)
    assert weigh(bench)[-1].reading.grams == 100


@pytest.mark.parametrize("protocol", TALKING)
def test_a_scale_that_fell_silent_is_disconnected_while_somebody_weighs(protocol: str) -> None:
    bench, model = opened(protocol)
    model.switch_off()
    bench.run(60)
    assert bench.all(DeviceDown) == [], "at night it may be off"
    bench.send(Weigh(bench.clock.now + WEIGHING_S))
    down, seconds = bench.run_until(DeviceDown)
    assert "silence" in down.reason
    assert seconds == pytest.approx(SILENCE_S, abs=0.2)


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_a_scale_that_talks_nonsense_is_disconnected_and_tells_no_weight(protocol: str) -> None:
    bench, model = opened(protocol)
    model.put_on(585)
    bench.run(3)
    model.garble(10_000)
    bench.send(Weigh(bench.clock.now + WEIGHING_S))
    down, _ = bench.run_until(DeviceDown)
    assert "silence" not in down.reason
    assert bench.all(WeightRead) == []


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_two_garbled_frames_are_passed_over(protocol: str) -> None:
    bench, model = opened(protocol)
    model.put_on(585)
    model.garble(2)
    assert weigh(bench)[-1].reading.grams == 585
    assert bench.all(DeviceDown) == []


def test_what_a_scale_said_before_anybody_weighed_is_forgotten() -> None:
    bench, model = opened("ascii")
    model.put_on(999)
    bench.run(1.9)
    model.take_off()
    model.put_on(585)
    told = weigh(bench)
    assert told[0].at_mono > bench.clock.now - WEIGHING_S
    assert {data.reading.grams for data in told if data.reading.sellable} == {585}


def test_a_talking_scale_is_told_on_ten_times_a_second_at_most() -> None:
    bench, model = opened("yaohua")
    for _ in range(500):
        model.babble(b"\x02+00100031B\x03")
    told = weigh(bench, 1.0)
    assert len(told) <= 1.0 / TELL_S + 1


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_what_was_sold_must_leave_the_scale_before_it_counts_again(protocol: str) -> None:
    bench, model = opened(protocol)
    model.put_on(585)
    assert weigh(bench)[-1].emptied, "nothing was sold yet"
    bench.send(WeightTaken(60.0))
    bench.run(1)
    assert not weigh(bench)[-1].emptied
    bench.send(WeightTaken(60.0))
    model.take_off()
    bench.run(3)
    model.put_on(200)
    told = weigh(bench)
    assert told[-1].emptied, "it was seen empty while nobody weighed"
    assert told[-1].reading.grams == 200


def test_the_watch_for_an_empty_scale_ends() -> None:
    bench, model = opened("cas")
    model.put_on(585)
    weigh(bench)
    bench.send(WeightTaken(10.0))
    bench.run(11)
    asked = model.asked
    bench.run(60)
    assert model.asked == asked


def test_goods_that_were_sold_lie_there_still_after_the_cable_was_pulled() -> None:
    bench, model = opened("ascii")
    model.put_on(585)
    weigh(bench)
    bench.send(WeightTaken(0.0))
    bench.run(0.1)
    bench.ports.pull("device")
    bench.send_nothing()
    bench.run(5)
    bench.ports.plug("device")
    bench.run(5)
    assert bench.is_up
    assert not weigh(bench)[-1].emptied


def test_the_cable_pulled_in_the_middle_ends_the_weighing() -> None:
    bench, model = opened("toledo_8217")
    model.put_on(585)
    bench.send(Weigh(bench.clock.now + WEIGHING_S))
    bench.run(SETTLE_S / 2)
    bench.ports.pull("device")
    bench.run(ASK_S * 2)
    assert len(bench.all(DeviceDown)) == 1
    assert not any(data.reading.sellable for data in bench.all(WeightRead))


def test_capacity_and_unit_of_a_scale_that_tells_neither_are_settings() -> None:
    bench, model = opened("yaohua", capacity_g=500)
    model.put_on(585)
    assert weigh(bench)[-1].reading.over
    in_grams, other = opened("yaohua", unit="g")
    other.put_on(585)
    assert weigh(in_grams)[-1].reading.grams == 0, "0.585 g"


UNCHECKED = sorted(word for word, protocol in PROTOCOLS.items() if not protocol.checked)


def damaged(frame: bytes) -> Iterator[bytes]:
    """Each loss of one byte and each turned bit."""
    for at in range(len(frame)):
        yield frame[:at] + frame[at + 1 :]
        for bit in range(8):
            yield frame[:at] + bytes((frame[at] ^ 1 << bit,)) + frame[at + 1 :]


def test_only_yaohua_cas_and_toledo_have_a_checksum() -> None:
    assert set(PROTOCOLS) - set(UNCHECKED) == {"cas", "toledo", "yaohua", "yaohua_command"}


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_no_lost_byte_and_no_turned_bit_is_another_weight_at_rest(protocol: str) -> None:
    bench, model = opened(protocol)
    frame = SCALES[protocol]
    model.switch_off()
    for wrong in damaged(frame):
        for octets in (wrong, frame):
            bench.send(Weigh(bench.clock.now + WEIGHING_S))
            model.babble(octets)
            bench.run(TELL_S + 0.01)
    told = [data.reading for data in bench.all(WeightRead)]
    assert len(told) > len(frame)
    assert {reading.grams for reading in told if reading.sellable} <= {1500}


@pytest.mark.parametrize("protocol", UNCHECKED)
def test_a_single_frame_without_a_checksum_is_no_weight_and_no_empty_scale(protocol: str) -> None:
    bench, model = opened(protocol)
    loaded = SCALES[protocol]
    empty = loaded.replace(b"1", b"0").replace(b"5", b"0")
    model.switch_off()
    bench.send(WeightTaken(0.0))
    bench.send(Weigh(bench.clock.now + WEIGHING_S))
    bench.run(0.1)
    for frame in (loaded, empty, loaded):
        bench.send(Weigh(bench.clock.now + WEIGHING_S))
        model.babble(frame)
        bench.run(0.2)
    told = bench.all(WeightRead)
    assert len(told) == 3
    assert not any(data.reading.sellable or data.emptied for data in told)


@pytest.mark.parametrize("protocol", ["ascii", "cas", "nci", "toledo", "toledo_8217", "toledo_unchecked"])
def test_a_scale_that_tells_motion_is_believed_within_a_quarter_of_a_second(protocol: str) -> None:
    bench, model = opened(protocol)
    model.put_on(585)
    weigh(bench, 2.0)
    asked = bench.clock.now
    first = next(data for data in weigh(bench) if data.reading.sellable)
    assert first.at_mono - asked <= 0.25


def test_of_many_frames_in_one_read_the_newest_is_told() -> None:
    bench, model = opened("ascii")
    model.switch_off()
    bench.send(Weigh(bench.clock.now + WEIGHING_S))
    bench.run(0.1)
    model.babble(b"ST,GS,+  0.100kg\r\nUS,GS,+  0.585kg\r\n")
    bench.run(0.2)
    assert [data.reading.grams for data in bench.all(WeightRead)] == [585]


def test_an_unknown_protocol_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="ascii, cas, toledo_8217"):
        Settings(port="/dev/ttyUSB0", protocol="dahua")
