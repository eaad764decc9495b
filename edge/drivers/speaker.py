"""The loudspeaker: an earcon, then the sentence, by espeak-ng or from a recording, as PCM to a sound card.

Who may cut whom is `codec/floor.py`. Falling silent is closing the port: the card then drops what it holds back. Sound
goes out at most LEAD_S ahead of the ear, in pieces, so that no call of `pump` waits for it.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from edge.codec.earcon import PAUSE_S, earcon
from edge.codec.floor import Floor
from edge.codec.pcm import OCTETS_PER_S, check_wav, read_wav, silence, with_volume
from edge.codec.spoken_runs import spoken_runs
from edge.config_tables import SettingsPath
from edge.errors import CodecError, DeviceError
from edge.messages import CommandRefused, Hush, Speech
from edge.ports import DeviceContext, Port, SerialLine
from edge.synthesizer import EspeakSynthesis, Synthesis, ToneSynthesis, look_for_engine

LEAD_S = 0.3
"""Sound that is on its way: more than a busy worker sleeps by mistake, little enough to be dropped."""
PIECE_OCTETS = OCTETS_PER_S // 10
WRITE_S = 1.0
"""A card that takes nothing for so long is stuck: LEAD_S has run dry three times."""
NOT_YET_S = 0.01
"""How soon an engine that had nothing ready is asked again."""
TAIL_S = 0.1
"""Silence behind a sentence: a card plays whole periods, and the next sentence is another one."""
LOOK_S = 2.0
"""How often a silent card is looked at, to see that it is gone."""
MAX_RECORDING_OCTETS = 2 << 20
"""20 s at 48 kHz."""
MAX_RECORDINGS = 2_000
"""Every prompt there can be, in four languages."""


class Settings(BaseModel):
    """`voice` "tone" hums instead of speaking: for trying out where no engine is installed.

    `recordings`: a folder with <language>/<prompt id>.wav, played for prompts that nothing is filled in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: str = Field("alsa://default", min_length=1)
    voice: Literal["espeak", "tone"] = "espeak"
    recordings: SettingsPath | None = None


class Sound:
    """One sentence as it is played: what is still to come, and when the last of it has been heard."""

    def __init__(self, head: bytes, synthesis: Synthesis | None, volume: int, now: float) -> None:
        self.synthesis = synthesis
        self._waiting = head
        self._volume = volume
        self._begun_mono = now
        self._written_s = 0.0

    def ahead_s(self, now: float) -> float:
        """Sound that was written and is not heard yet; where it ran dry, it goes on from now."""
        ahead = self._begun_mono + self._written_s - now
        if ahead < 0:
            self._begun_mono -= ahead
        return max(0.0, ahead)

    def next_piece(self) -> bytes | None:
        """What can be played now; empty: the engine is not ready; None: that was all."""
        if not self._waiting and self.synthesis is not None:
            spoken = self.synthesis.read(PIECE_OCTETS)
            if spoken is None:
                self.end()
                self._waiting = silence(TAIL_S)
            else:
                self._waiting = spoken
        elif not self._waiting:
            return None
        piece, self._waiting = self._waiting[:PIECE_OCTETS], self._waiting[PIECE_OCTETS:]
        self._written_s += len(piece) / OCTETS_PER_S
        return with_volume(piece, self._volume)

    def end(self) -> None:
        if self.synthesis is not None:
            self.synthesis.close()
            self.synthesis = None


class Speaker:
    """Obeys Speech and Hush. Nobody waits for an outcome: what was not heard is repeated by a card."""

    def __init__(self, settings: Settings, context: DeviceContext) -> None:
        self._settings = settings
        self._context = context
        self._port: Port | None = None
        self._floor = Floor()
        self._sound: Sound | None = None

    def open(self) -> None:
        if self._settings.voice == "espeak":
            look_for_engine()
        # Before the recordings: a card that is away is looked for every few seconds, all night.
        self._port = self._open_port()
        self._check_recordings()
        self._floor = Floor()

    def pump(self) -> float:
        """Looks at the card, takes what came, writes one piece; returns when the next is due."""
        if self._port is None:
            raise DeviceError("the speaker is not open", where=self._settings.port)
        self._port.read(1, 0)
        before = self._floor.speaking
        self._take()
        if self._floor.speaking is not before:
            self._cut()
            self._begin()
        return max(LOOK_S, self._context.idle_s) if self._sound is None else self._play(self._port, self._sound)

    def close(self) -> None:
        self._end_sound()
        if self._port is not None:
            self._port.close()
            self._port = None

    def _open_port(self) -> Port:
        return self._context.open_port(self._settings.port, SerialLine())

    def _take(self) -> None:
        while (command := self._context.inbox.take()) is not None:
            match command:
                case Speech():
                    self._floor = self._floor.asked(command)
                case Hush():
                    self._floor = self._floor.hushed()
                case _:
                    self._context.post(CommandRefused(self._context.name, command))

    def _cut(self) -> None:
        """Silence, if there was sound: a card that is silent already need not be opened again."""
        if self._sound is not None and self._port is not None:
            self._end_sound()
            self._port.close()
            self._port = None
            self._port = self._open_port()

    def _begin(self) -> None:
        speech = self._floor.speaking
        if speech is None:
            return
        recording, synthesis = self._recording(speech), None
        if recording is None and (runs := spoken_runs(speech.text, speech.manner.language)):
            make = EspeakSynthesis if self._settings.voice == "espeak" else ToneSynthesis
            synthesis = make(runs, speech.manner.pace)
        head = earcon(speech.tone) + silence(PAUSE_S) + (recording or b"")
        volume = speech.manner.volume_for(speech.weight)
        self._sound = Sound(head + silence(TAIL_S) * (synthesis is None), synthesis, volume, self._context.clock.mono())

    def _play(self, port: Port, sound: Sound) -> float:
        now = self._context.clock.mono()
        ahead = sound.ahead_s(now)
        if ahead >= LEAD_S:
            return ahead - LEAD_S / 2
        piece = sound.next_piece()
        if piece:
            port.write(piece, WRITE_S)
            return 0.0
        if piece is not None:
            return NOT_YET_S
        if ahead > 0:
            return ahead
        self._sound = None
        self._floor = self._floor.finished()
        self._begin()
        return 0.0

    def _recording(self, speech: Speech) -> bytes | None:
        """None: there is none, or the sentence has something in it that no recording has."""
        folder = self._settings.recordings
        if folder is None or not speech.fixed:
            return None
        path = folder / speech.manner.language / f"{speech.prompt}.wav"
        try:
            return read_wav(_octets(path), str(path))
        except (OSError, CodecError):
            return None  # not recorded, or damaged since `open` looked at it: the engine says the same

    def _check_recordings(self) -> None:
        """A file that cannot be played is named now, to the technician, not left out in front of a customer."""
        folder = self._settings.recordings
        if folder is None:
            return
        if not folder.is_dir():
            raise DeviceError(
                "there is no folder of recordings", where=str(folder), cure="Make it, or unset recordings."
            )
        try:
            for path in islice(sorted(folder.glob("*/*.wav")), MAX_RECORDINGS):
                check_wav(_octets(path), str(path))
        except (OSError, CodecError) as error:
            raise DeviceError(
                f"a recording cannot be played: {error}", cure="Record it again, or take it out."
            ) from error

    def _end_sound(self) -> None:
        if self._sound is not None:
            self._sound.end()
            self._sound = None


def _octets(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_RECORDING_OCTETS)


Driver = Speaker
OBEYS = (Speech, Hush)
