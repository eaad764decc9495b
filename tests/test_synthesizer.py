"""The real voice: espeak-ng as a child process. What it makes of a sentence is asked of its own phonemes."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest
from speaker_bench import SpeakerBench

from edge.clock import SystemClock
from edge.codec.pcm import OCTETS_PER_S, is_audible
from edge.codec.spoken_runs import Run, spoken_runs
from edge.errors import DeviceError
from edge.messages import DeviceDown
from edge.model.manner import Pace
from edge.synthesizer import ENGINE, MAX_SPEECH_S, VOICES, EspeakSynthesis, look_for_engine, whole

PATIENCE_S = 20.0


def spoken(text: str, language: str = "zh-CN", pace: Pace = Pace.USUAL) -> bytes:
    return whole(EspeakSynthesis(spoken_runs(text, language), pace))


def phonemes(text: str, language: str = "zh-CN") -> str:
    """What the engine's voice of this language says."""
    command = [ENGINE, "-v", VOICES[language], "-q", "-x", "--stdin"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=PATIENCE_S).stdout


def test_both_languages_are_spoken() -> None:
    for text, language in (("收您二十元，找您两元零五分", "zh-CN"), ("Received twenty yuan", "en")):
        pcm = spoken(text, language)
        assert 1.0 < len(pcm) / OCTETS_PER_S < 6.0
        assert is_audible(pcm)


def test_chinese_is_not_read_as_english_words() -> None:
    """As espeak-ng 1.51 does with its voice cmn: 您 becomes "nin two"."""
    assert "(en)" not in phonemes("您好，收您二十元，找您两元零五分")
    assert "n'i" in phonemes("您")


def test_a_fen_is_heard() -> None:
    """零点零一元 and 一分: each sign is a syllable of its own."""
    for text, syllables in (("零点零一元", 5), ("一分", 2), ("两元零五分", 5)):
        assert len(phonemes(text).split()) == syllables


def test_a_phone_number_is_told_with_yao() -> None:
    assert "Au" in phonemes("幺") and phonemes("幺") != phonemes("一")


@pytest.mark.parametrize(
    ("written", "sign", "syllable"),
    [
        ("可扫重打", "重", "ts.h"),
        ("请重新输", "重", "ts.h"),
        ("请数钱", "数", "s.'u21"),
        ("满一百行了", "行", "X'"),
        ("正在处理", "处", "ts.h'u35"),
        ("还没答应", "答", "t'A55"),
    ],
)
def test_a_sign_with_two_readings_is_read_as_the_shop_means_it(written: str, sign: str, syllable: str) -> None:
    (run,) = spoken_runs(written, "zh-CN")
    said = phonemes(run.text).split()
    assert said[written.index(sign)].startswith(syllable), said


def test_a_latin_name_inside_a_chinese_sentence_is_spoken_by_the_english_voice() -> None:
    runs = spoken_runs("Coca-Cola Zero 3，三元五角", "zh-CN")
    assert [(run.language, run.text) for run in runs] == [("en", "Coca-Cola Zero 3，"), ("zh-CN", "三元五角")]
    assert len(spoken("Coca-Cola Zero，三元", "zh-CN")) > len(spoken("三元", "zh-CN")) + OCTETS_PER_S // 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("可乐 330ml", "可乐 330毫升"),
        ("大米5kg", "大米5公斤"),
        ("牛奶 1L", "牛奶 1升"),
        ("薯片 75 g", "薯片 75克"),
    ],
)
def test_a_size_is_said_in_the_language_of_the_sentence(name: str, said: str) -> None:
    assert spoken_runs(f"{name}，三元", "zh-CN") == (Run("zh-CN", f"{said}，三元"),)
    assert "ml" in spoken_runs("Cola 330ml, three yuan", "en")[0].text
    assert spoken_runs("5GB", "zh-CN")[-1] == Run("en", "GB")


def test_slower_speech_takes_longer() -> None:
    lengths = [len(spoken("欢迎光临，一共十二元五角", pace=pace)) for pace in Pace]
    assert lengths == sorted(set(lengths))


@pytest.mark.parametrize("name", ["-v en --help", "[[hello", "<voice>", "\ud800", "可乐\x00", "$(id)", "%s"])
def test_no_goods_name_is_anything_but_words(name: str) -> None:
    runs = [Run("zh-CN", f"{name}，三元")]
    assert is_audible(whole(EspeakSynthesis(runs, Pace.USUAL)))


def test_a_name_without_end_is_cut() -> None:
    assert len(spoken("一二三四五六七八九十" * 200)) / OCTETS_PER_S < MAX_SPEECH_S + 2


def test_a_synthesis_that_is_closed_in_the_middle_leaves_nothing_behind() -> None:
    synthesis = EspeakSynthesis(spoken_runs("一二三四五六七八九十" * 20, "zh-CN"), Pace.SLOWEST)
    synthesis.read(100)
    process = synthesis._process
    synthesis.close()
    assert process is not None and process.returncode is not None
    assert synthesis.read(100) is None


def test_without_the_engine_a_technician_is_told_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceError, match="apt-get install espeak-ng"):
        look_for_engine()
    with pytest.raises(DeviceError, match="cannot be started"):
        spoken("您好")
    bench = SpeakerBench(voice="espeak")
    assert "nothing can be spoken" in bench.last(DeviceDown).reason


def test_an_engine_that_does_not_listen_is_reaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tmp_path / ENGINE
    engine.write_text("#!/bin/sh\nexec <&-\nexec sleep 60\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    before = children()
    with pytest.raises(DeviceError, match="does not listen"):
        EspeakSynthesis([Run("zh-CN", "一" * 100_000)], Pace.USUAL).read(100)
    assert children() == before


def children() -> set[str]:
    """Processes that this one has started and not reaped."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def test_the_driver_speaks_with_the_real_voice() -> None:
    bench, clock, rest = SpeakerBench(voice="espeak"), SystemClock(), threading.Event()
    bench.say("您好，可以收银了")
    give_up = clock.mono() + PATIENCE_S
    while bench.model.played < OCTETS_PER_S * 3 // 2 and clock.mono() < give_up:
        bench.listen(0.02)
        rest.wait(0.001)
    bench.listen_to_the_end()
    assert is_audible(bytes(bench.model.heard[-1].pcm[-OCTETS_PER_S:]))
    assert bench.all(DeviceDown) == []
