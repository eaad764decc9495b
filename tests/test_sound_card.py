"""ALSA's own player as a port, on the devices that ALSA has without any card."""

from __future__ import annotations

from pathlib import Path

import pytest
from speaker_bench import SpeakerBench

from edge.channel import open_port
from edge.codec.pcm import OCTETS_PER_S
from edge.errors import DeviceError
from edge.messages import DeviceDown
from edge.ports import SerialLine

LINE = SerialLine()


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
