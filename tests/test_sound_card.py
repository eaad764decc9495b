"""ALSA's own player as a port, on the devices that ALSA has without any card."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from device_bench import build_worker
from speaker_bench import SpeakerBench

from edge.channel import open_port
from edge.clock import SystemClock
from edge.codec.earcon import earcon
from edge.codec.pcm import OCTETS_PER_S
from edge.errors import DeviceError
from edge.messages import DeviceDown, DeviceUp, Hush, Speech, Tone
from edge.model.manner import LOUDEST, Manner
from edge.ports import SerialLine
from edge.sim.ports import SimPorts

LINE = SerialLine()
PATIENCE_S = 10.0


def test_a_card_takes_sound_and_can_be_closed_twice() -> None:
    port = open_port("alsa://null", LINE)
    port.write(bytes(OCTETS_PER_S), 1.0)
    assert port.read(1, 0) == b""
    port.close()
    port.close()


def test_what_was_written_is_what_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tape, settings = tmp_path / "tape.raw", tmp_path / "asound.conf"
    settings.write_text(f'pcm.tape {{ type file file "{tape}" format raw slave.pcm {{ type null }} }}\n')
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(settings))
    sound = bytes(range(256)) * 40
    port = open_port("alsa://tape", LINE)
    port.write(sound, 1.0)
    for _ in range(1000):
        port.write(bytes(882), 1.0)
        if tape.exists() and tape.stat().st_size > len(sound):
            break
    port.close()
    assert sound in tape.read_bytes()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("plughw:7", "no sound card.*aplay -L"),
        ("nosuch", "no sound card of this name.*aplay -L"),
    ],
)
def test_without_the_card_a_technician_is_told_what_to_do(name: str, told: str) -> None:
    with pytest.raises(DeviceError, match=told):
        open_port(f"alsa://{name}", LINE)


def test_without_the_player_a_technician_is_told_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceError, match="apt-get install alsa-utils"):
        open_port("alsa://null", LINE)


def test_the_driver_is_down_without_a_card_and_says_so_once() -> None:
    bench = SpeakerBench(port="alsa://plughw:7")
    bench.run(5)
    assert len(bench.all(DeviceDown)) == 1
    assert "no sound card" in bench.last(DeviceDown).reason


def test_the_driver_plays_through_the_player_and_opens_it_anew_when_it_was_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tape, settings, posted = tmp_path / "tape.raw", tmp_path / "asound.conf", list[object]()
    settings.write_text(f'pcm.tape {{ type file file "{tape}" format raw slave.pcm {{ type null }} }}\n')
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(settings))
    clock, rest, ports = SystemClock(), threading.Event(), SimPorts(SystemClock())
    worker = build_worker(
        "speaker", {"port": "alsa://tape", "voice": "tone"}, name="device", post=posted.append, clock=clock,
        ports=ports, patience_s=0.0, idle_s=0.0,
    )  # fmt: skip

    def play_until_on_tape(sound: bytes) -> None:
        give_up = clock.mono() + PATIENCE_S
        while not (tape.exists() and sound in tape.read_bytes()) and clock.mono() < give_up:
            worker.step(clock.mono())
            rest.wait(0.005)

    for tone in (Tone.OK, Tone.ATTENTION):
        worker.submit(Speech("p", tone, "一二三四五六七八九十", Manner(volume=LOUDEST)))
        play_until_on_tape(earcon(tone))
        assert earcon(tone) in tape.read_bytes()
        worker.submit(Hush())
        worker.step(clock.mono())
    worker.close()
    assert [type(message) for message in posted] == [DeviceUp]
