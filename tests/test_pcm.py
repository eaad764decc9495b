"""Sound as numbers: WAV files there and back, other rates, volume, and the five earcons."""

from __future__ import annotations

import io
import itertools
import math
import wave
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.earcon import NOTES, earcon
from edge.codec.pcm import (
    MAX_WAV_S,
    OCTETS_PER_S,
    SAMPLE_RATE,
    check_wav,
    read_wav,
    resampled,
    silence,
    trimmed,
    wav_file,
    with_volume,
)
from edge.errors import CodecError
from edge.messages import Tone
from edge.model.manner import LOUDEST, QUIETEST

SAMPLES = st.lists(st.integers(-32768, 32767), max_size=400).map(lambda numbers: array("h", numbers).tobytes())


def sine(hz: int, seconds: float, rate: int = SAMPLE_RATE) -> bytes:
    return array(
        "h", [round(20_000 * math.sin(2 * math.pi * hz * n / rate)) for n in range(round(seconds * rate))]
    ).tobytes()


def crossings(pcm: bytes) -> int:
    """How often it swings from below to above: its pitch, counted."""
    samples = array("h", pcm)
    return sum(low < 0 <= high for low, high in itertools.pairwise(samples))


@given(SAMPLES)
def test_a_wav_file_is_read_back(pcm: bytes) -> None:
    assert read_wav(wav_file(pcm), "a.wav") == pcm


def test_another_library_reads_our_wav_and_we_read_its() -> None:
    pcm, out = sine(440, 0.1), io.BytesIO()
    with wave.open(io.BytesIO(wav_file(pcm))) as theirs:
        assert (theirs.getnchannels(), theirs.getsampwidth(), theirs.getframerate()) == (1, 2, SAMPLE_RATE)
        assert theirs.readframes(10**6) == pcm
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(pcm)
    assert read_wav(out.getvalue(), "a.wav") == pcm


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_a_recording_of_another_rate_keeps_pitch_and_length(rate: int) -> None:
    pcm = read_wav(wav_file(sine(500, 1.0, rate), rate), "a.wav")
    assert abs(len(pcm) / OCTETS_PER_S - 1.0) < 0.001
    assert abs(crossings(pcm) - 500) <= 1


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "not a WAV"),
        (b"ID3\x03 an mp3", "not a WAV"),
        (wav_file(b"")[:30], "not a WAV"),
        (wav_file(silence(0.1)).replace(b"\x01\x00\x01\x00", b"\x01\x00\x02\x00"), "2 channels"),
        (wav_file(silence(0.1)).replace(b"\x01\x00\x01\x00", b"\x55\x00\x01\x00"), "coding 85"),
        (wav_file(silence(0.1), 96_000), "96000 Hz"),
        (wav_file(silence(MAX_WAV_S + 1)), "too long"),
    ],
)
def test_a_wrong_recording_is_refused_by_its_name(octets: bytes, why: str) -> None:
    with pytest.raises(CodecError, match=f"hello.wav.*{why}"):
        check_wav(octets, "hello.wav")


@given(st.binary(max_size=200))
def test_no_octets_make_the_reader_fail_otherwise(octets: bytes) -> None:
    for file in (octets, wav_file(b"\x01\x02")[:40] + octets, b"RIFF\x00\x00\x00\x00WAVE" + octets):
        try:
            read_wav(file, "a.wav")
        except CodecError as refused:
            assert refused.where == "a.wav"


@given(SAMPLES, st.integers(QUIETEST, LOUDEST))
def test_volume_never_makes_a_sample_louder_or_flips_it(pcm: bytes, volume: int) -> None:
    for before, after in zip(array("h", pcm), array("h", with_volume(pcm, volume)), strict=True):
        assert abs(after) <= abs(before) and after * before >= 0


def test_silence_around_a_sentence_is_cut_off() -> None:
    sound = sine(440, 0.5)
    assert len(trimmed(silence(0.4) + sound + silence(1.0))) / OCTETS_PER_S == pytest.approx(0.6, abs=0.01)
    assert trimmed(silence(1.0)) == b""
    assert resampled(b"", 8_000) == b""


def test_each_earcon_is_short_and_begins_and_ends_without_a_click() -> None:
    for tone in Tone:
        samples = array("h", earcon(tone))
        assert 0.05 < len(samples) / SAMPLE_RATE < 0.8
        assert abs(samples[0]) < 1_000 and abs(samples[-1]) < 2_000


def test_no_two_earcons_have_the_same_contour_and_rhythm() -> None:
    """Told apart without an ear for pitch: number of notes, direction, length, pauses."""

    def shape(tone: Tone) -> tuple[int, tuple[int, ...], int]:
        pitches = [note.hz for note in NOTES[tone] if note.hz]
        steps = tuple((later > earlier) - (later < earlier) for earlier, later in itertools.pairwise(pitches))
        return len(pitches), steps, sum(note.ms for note in NOTES[tone]) // 100

    shapes = [shape(tone) for tone in Tone]
    assert len({(count, steps) for count, steps, _ in shapes}) == len(Tone)
    assert len({length for *_, length in shapes}) >= len(Tone) - 1


def test_only_money_coming_in_and_attention_rise() -> None:
    rising = {tone for tone in Tone if NOTES[tone][-1].hz > NOTES[tone][0].hz}
    assert rising == {Tone.MONEY_IN, Tone.ATTENTION}
