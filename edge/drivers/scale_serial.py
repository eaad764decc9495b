"""A weighing scale on a serial line (devices 7; Odoo, Mertech, Gram, PSC and Yaohua manuals behind its protocols).

One that must be asked is asked a few times a second, and only while somebody weighs; the others are listened to. What
was sold must be seen to leave the scale before the next weight counts: the driver watches for that, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from edge.codec.scale import PROTOCOLS
from edge.codec.scale_cas import ACK
from edge.codec.scale_frame import ReadingDecoder
from edge.codec.scale_yaohua import command_frame
from edge.errors import DeviceError
from edge.messages import CommandRefused, Weigh, WeightRead, WeightTaken
from edge.model.weight import Reading, Steadiness, Unit
from edge.ports import DeviceContext, Port, SerialLine

BAUD = 9600
CHUNK = 512
"""Half a second at 9600 baud."""
STALE_READS = 16
"""What a scale said before anybody asked fills the kernel's 4 KiB at most; a port that babbles must not hold a pump."""
ASK_S = 0.15
"""Between two questions: seven a second (devices 7 says at most five to ten)."""
AGAIN_S = 0.1
"""Until a weight at rest without a checksum is asked for once more; until then nobody is told that it rests."""
WATCH_S = 0.5
"""Between two questions that only want to know whether the scale is empty again."""
ANSWER_S = 0.3
"""A frame takes 20 ms, a slow scale thinks for 200."""
UNANSWERED_MAX = 3
SILENCE_S = 1.5
"""Of a scale that talks unasked, ten times a second; slow ones twice."""
TELL_S = 0.1
"""A scale that sends fifty frames a second is not told on more often than this."""
LOOK_S = 2.0
"""How often an idle port is looked at, to see that it has hung up."""
LISTEN_S = 0.03
"""How often an answer is looked for where reads do not wait: in the simulation."""
WRITE_S = 0.5


class Settings(BaseModel):
    """`protocol`: a word of `codec/scale.py`. `baud`, `bits`, `parity` None: what the protocol usually has.

    `unit`: of scales that do not tell it. `capacity_g`: what is heavier is over the range, whatever the scale says.
    `address`: of a Yaohua indicator that is asked by command.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: str = Field(min_length=1)
    protocol: str = Field(json_schema_extra={"enum": [*PROTOCOLS]})
    baud: int | None = Field(None, ge=1200, le=115_200)
    bits: Literal[7, 8] | None = None
    parity: Literal["N", "E", "O"] | None = None
    unit: Literal["kg", "g"] = "kg"
    capacity_g: int = Field(30_000, ge=100, le=1_000_000)
    address: str = Field("A", pattern="^[A-Z]$", description='one capital letter, such as "A"')

    @field_validator("protocol")
    @classmethod
    def _known(cls, protocol: str) -> str:
        if protocol not in PROTOCOLS:
            raise ValueError(f"no scale speaks this, expected {', '.join(PROTOCOLS)}")
        return protocol


@dataclass(slots=True)
class _Talk:
    """With the scale, since somebody began to weigh. `asking`: a question is out, `went`: so is what follows its ACK.

    `strange` counts bytes since the last frame; `ask_mono`: of the question that is out, or of the next one.
    `seen_empty`: by the newest frame.
    """

    decoder: ReadingDecoder
    steadiness: Steadiness
    ask_mono: float
    heard_mono: float
    asking: bool = False
    went: bool = False
    unanswered: int = 0
    strange: int = 0
    told_mono: float = -math.inf
    told_sellable: bool = False
    seen_empty: bool = False


class SerialScale:
    """Posts WeightRead while a Weigh lasts."""

    def __init__(self, settings: Settings, context: DeviceContext) -> None:
        self._settings = settings
        self._context = context
        self._protocol = PROTOCOLS[settings.protocol]
        is_addressed = settings.protocol == "yaohua_command"
        self._ask = command_frame(settings.address) if is_addressed else self._protocol.ask
        self._port: Port | None = None
        self._emptied = True
        """Kept when the device is opened anew: goods that were sold may lie there still."""
        self._talk = self._begun(0.0)
        self._rest()

    def open(self) -> None:
        settings, usual = self._settings, self._protocol
        line = SerialLine(settings.baud or BAUD, settings.bits or usual.bits, settings.parity or usual.parity)
        self._port = self._context.open_port(settings.port, line)
        self._rest()

    def pump(self) -> float:
        if self._port is None:
            raise DeviceError("the scale is not open", where=self._settings.port)
        now = self._context.clock.mono()
        self._obey(self._port, now)
        if not self._is_awake(now):
            self._port.read(CHUNK, 0)
            return max(LOOK_S, self._context.idle_s)
        talk = self._talk
        if self._ask and not talk.asking and now >= talk.ask_mono:
            self._port.write(self._ask, WRITE_S)
            talk.asking, talk.ask_mono, talk.went = True, now, False
        received = self._port.read(CHUNK, min(self._context.patience_s, max(0.0, self._due_mono() - now)))
        now = self._context.clock.mono()
        if received:
            self._hear(self._port, received, now)
        self._judge_silence(now)
        return min(LISTEN_S, self._context.idle_s)

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    # --- commands --------------------------------------------------------------------------------------------------

    def _obey(self, port: Port, now: float) -> None:
        was_awake = self._is_awake(now)
        while (command := self._context.inbox.take()) is not None:
            match command:
                case Weigh():
                    self._weigh_until_mono = command.until_mono
                    self._talk.ask_mono = now if not self._talk.asking else self._talk.ask_mono
                case WeightTaken():
                    self._emptied, self._weigh_until_mono = False, -math.inf
                    self._watch_until_mono = now + command.watch_s
                case _:
                    self._context.post(CommandRefused(self._context.name, command))
        if self._is_awake(now) and not was_awake:
            for _ in range(STALE_READS):
                if not port.read(CHUNK, 0):
                    break
            self._talk = self._begun(now)

    def _is_awake(self, now: float) -> bool:
        return now < self._weigh_until_mono or (not self._emptied and now < self._watch_until_mono)

    def _rest(self) -> None:
        self._weigh_until_mono = self._watch_until_mono = -math.inf

    def _begun(self, now: float) -> _Talk:
        steadiness = Steadiness(checked=self._protocol.checked)
        return _Talk(self._protocol.decoder(), steadiness, ask_mono=now, heard_mono=now)

    # --- answers ---------------------------------------------------------------------------------------------------

    def _hear(self, port: Port, received: bytes, now: float) -> None:
        talk = self._talk
        if talk.asking and self._protocol.go and not talk.went and ACK[0] in (octet & 0x7F for octet in received):
            port.write(self._protocol.go, WRITE_S)
            talk.went = True
        talk.strange += len(received)
        if not (frames := talk.decoder.feed(received)):
            return
        for heard in frames:
            reading = self._judged(heard, now)
            self._look_for_empty(reading)
        talk.heard_mono, talk.unanswered, talk.strange = now, 0, 0
        if talk.asking:
            talk.asking, talk.ask_mono = False, talk.ask_mono + self._pause_s(heard, reading, now)
        is_news = now - talk.told_mono >= TELL_S or (reading.sellable and not talk.told_sellable)
        if now < self._weigh_until_mono and is_news:
            talk.told_mono, talk.told_sellable = now, reading.sellable
            self._context.post(WeightRead(self._context.name, reading, now, self._emptied))

    def _look_for_empty(self, reading: Reading) -> None:
        """One frame without a checksum empties no scale: the goods that lie there were sold."""
        is_sure = self._protocol.checked or self._talk.seen_empty
        self._talk.seen_empty = reading.is_empty
        self._emptied = self._emptied or (reading.is_empty and is_sure)

    def _pause_s(self, heard: Reading, reading: Reading, now: float) -> float:
        """Until the next question."""
        if heard.stable is True and not reading.stable:
            return AGAIN_S
        is_sure = now >= self._weigh_until_mono and not (reading.is_empty and not self._emptied)
        return WATCH_S if is_sure else ASK_S

    def _judged(self, heard: Reading, now: float) -> Reading:
        """With what the protocol does not tell: the unit, motion, overload."""
        unit = heard.unit if self._protocol.tells_unit else Unit(self._settings.unit)
        told = replace(heard, unit=unit)
        is_over = told.over or (told.grams or 0) > self._settings.capacity_g
        return self._talk.steadiness.judged(replace(told, over=is_over), now)

    def _judge_silence(self, now: float) -> None:
        """Raises DeviceError when the scale does not answer; bytes that are no frame are no answer."""
        talk = self._talk
        if talk.asking and now - talk.ask_mono >= ANSWER_S:
            talk.asking, talk.ask_mono = False, now
            talk.unanswered += 1
        is_mute = not self._ask and now - talk.heard_mono >= SILENCE_S
        if talk.unanswered >= UNANSWERED_MAX or is_mute:
            trouble = talk.decoder.trouble
            got = str(trouble) if trouble else "other bytes" if talk.strange else "silence"
            raise DeviceError(
                "the scale is disconnected", where=self._settings.port, expected=f"frames of {self._settings.protocol}",
                got=got, cure="Check its power, its cable and its protocol.",
            )  # fmt: skip

    def _due_mono(self) -> float:
        """When there is something to do though nothing comes."""
        if not self._ask:
            return self._talk.heard_mono + SILENCE_S
        talk = self._talk
        return talk.ask_mono + ANSWER_S if talk.asking else talk.ask_mono


Driver = SerialScale
OBEYS = (Weigh, WeightTaken)
