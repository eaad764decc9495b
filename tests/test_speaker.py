"""The loudspeaker's driver against a sound card that takes its time."""

from __future__ import annotations

from pathlib import Path

import pytest
from speaker_bench import SpeakerBench, begins_with, is_quiet_after

from edge.codec.earcon import earcon
from edge.codec.pcm import OCTETS_PER_S, is_audible, wav_file
from edge.messages import CommandRefused, DeviceDown, Hush, Show, Tone, View
from edge.model.manner import LOUDEST, QUIETEST, Manner, Pace, Weight

CUT_S = 0.1
"""Row 97: from a scan to silence."""
LOUD = Manner(volume=LOUDEST)


@pytest.fixture
def bench() -> SpeakerBench:
    return SpeakerBench()


def peak(pcm: bytes | bytearray) -> int:
    return max(abs(sample) for sample in memoryview(bytes(pcm)).cast("h"))


@pytest.mark.parametrize("tone", Tone)
def test_the_earcon_comes_before_the_sentence(bench: SpeakerBench, tone: Tone) -> None:
    bench.say(tone=tone, manner=LOUD)
    heard = bench.listen_to_the_end()
    assert begins_with(heard, tone)
    assert is_audible(bytes(heard.pcm[len(earcon(tone)) + OCTETS_PER_S // 10 :]))


def test_a_sentence_is_played_at_the_speed_of_time(bench: SpeakerBench) -> None:
    bench.say("一" * 10)
    bench.listen(0.2)
    assert 0.15 < bench.model.heard[-1].seconds <= 0.21
    assert bench.listen_to_the_end().seconds == pytest.approx(0.07 + 0.06 + 2.2 + 0.1, abs=0.02)


def test_a_scan_is_followed_by_silence_at_once(bench: SpeakerBench) -> None:
    bench.say()
    bench.listen(0.5)
    assert bench.model.is_sounding
    bench.send(Hush())
    scanned = bench.clock.now
    bench.listen(2)
    assert is_quiet_after(bench.model, scanned + CUT_S)
    assert bench.model.heard[-1].cut_mono == pytest.approx(scanned, abs=CUT_S)


def test_the_next_goods_cut_the_sentence_about_the_last(bench: SpeakerBench) -> None:
    bench.say("一二三四五六七八九十")
    bench.listen(0.5)
    bench.send(Hush())
    bench.say("二", tone=Tone.ERROR, manner=LOUD)
    assert begins_with(bench.listen_to_the_end(), Tone.ERROR)
    assert len(bench.model.heard) == 2


def test_money_is_heard_to_its_end_whatever_is_scanned(bench: SpeakerBench) -> None:
    bench.say("收您二十元，找您两元零五分", tone=Tone.MONEY_IN, weight=Weight.MONEY, manner=LOUD)
    bench.listen(0.4)
    for text in ("一", "二", "三"):
        bench.send(Hush())
        bench.say(text, tone=Tone.ATTENTION, manner=LOUD)
        bench.listen(0.2)
    bench.listen_to_the_end()
    paid = bench.model.heard[0]
    assert paid.cut_mono is None and begins_with(paid, Tone.MONEY_IN)
    follows = bytes(paid.pcm).find(earcon(Tone.ATTENTION))
    assert follows / OCTETS_PER_S > 0.56 + 13 * 0.22
    assert bytes(paid.pcm).count(earcon(Tone.ATTENTION)) == 1


def test_an_alarm_cuts_routine_speech(bench: SpeakerBench) -> None:
    bench.say("一二三四五六七八九十")
    bench.listen(0.5)
    bench.say("注意", tone=Tone.ALARM, weight=Weight.ALARM, manner=LOUD)
    assert begins_with(bench.listen_to_the_end(), Tone.ALARM)
    assert bench.model.heard[0].cut_mono is not None


def test_each_step_of_volume_is_louder_than_the_one_before(bench: SpeakerBench) -> None:
    peaks = []
    for volume in range(QUIETEST, LOUDEST + 1):
        bench.say(manner=Manner(volume=volume))
        peaks.append(peak(bench.listen_to_the_end().pcm))
    assert peaks == sorted(set(peaks))


def test_money_is_never_turned_down_to_nothing(bench: SpeakerBench) -> None:
    quiet = Manner(volume=QUIETEST)
    bench.say(manner=quiet)
    routine = peak(bench.listen_to_the_end().pcm)
    bench.say(manner=quiet, weight=Weight.MONEY)
    assert peak(bench.listen_to_the_end().pcm) > 2 * routine > 0


def test_slower_speech_takes_longer(bench: SpeakerBench) -> None:
    lengths = []
    for pace in Pace:
        bench.say(manner=Manner(pace=pace))
        lengths.append(bench.listen_to_the_end().seconds)
    assert lengths == sorted(set(lengths))


def test_a_prompt_without_words_is_its_earcon(bench: SpeakerBench) -> None:
    bench.say("", manner=LOUD)
    assert begins_with(bench.listen_to_the_end(), Tone.OK)


def test_a_recording_is_played_where_nothing_is_filled_in(tmp_path: Path) -> None:
    ring = earcon(Tone.MONEY_IN)
    (tmp_path / "zh-CN").mkdir()
    (tmp_path / "zh-CN" / "sys.ready.wav").write_bytes(wav_file(ring))
    bench = SpeakerBench(recordings=str(tmp_path))
    bench.say(fixed=True, manner=LOUD)
    assert ring in bytes(bench.listen_to_the_end().pcm)
    bench.say(fixed=False, manner=LOUD)
    assert ring not in bytes(bench.listen_to_the_end().pcm)


def test_a_recording_that_cannot_be_played_is_named(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "sys.ready.wav").write_bytes(b"RIFF of something else")
    bench = SpeakerBench(recordings=str(tmp_path))
    assert not bench.is_up
    assert "sys.ready.wav" in bench.last(DeviceDown).reason and "WAV" in bench.last(DeviceDown).reason


def test_recordings_are_looked_at_only_when_there_is_a_card(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    torn = tmp_path / "en" / "sys.ready.wav"
    torn.write_bytes(b"RIFF of something else")
    bench = SpeakerBench(recordings=str(tmp_path), port="sim://nowhere")
    assert "sys.ready.wav" not in bench.last(DeviceDown).reason
    mended = SpeakerBench(recordings=str(tmp_path))
    torn.unlink()
    mended.run(10)
    assert mended.is_up, "the card was let go of"


def test_a_recording_that_was_damaged_later_is_spoken_instead(tmp_path: Path) -> None:
    (tmp_path / "zh-CN").mkdir()
    bench = SpeakerBench(recordings=str(tmp_path))
    (tmp_path / "zh-CN" / "sys.ready.wav").write_bytes(b"torn")
    bench.say("一二三四", fixed=True)
    assert bench.listen_to_the_end().seconds > 0.88
    assert bench.all(DeviceDown) == []


def test_a_card_that_is_pulled_out_in_a_sentence_speaks_again_once_it_is_back(bench: SpeakerBench) -> None:
    bench.say("一二三四五六七八九十")
    bench.listen(0.5)
    bench.ports.pull("device")
    bench.listen(1)
    assert len(bench.all(DeviceDown)) == 1
    bench.ports.plug("device")
    bench.listen(2)
    bench.say("二", manner=LOUD)
    assert begins_with(bench.listen_to_the_end(), Tone.OK)


def test_what_is_not_for_it_is_refused(bench: SpeakerBench) -> None:
    bench.send(Show(View.IDLE))
    bench.run(0.1)
    assert bench.last(CommandRefused).command == Show(View.IDLE)
