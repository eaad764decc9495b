"""A shop scale: goods are put on and taken off, it swings, settles, and says so in its maker's words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from edge.codec.scale_frame import check_of
from edge.codec.scale_toledo import check_byte
from edge.sim.cadence import Cadence
from edge.sim.model import Bench

CAPACITY_G = 15_000
OVER_G = 9
"""A scale weighs nine of its grams beyond its range before it says overload."""
UNDER_G = -20
"""So far below zero it says so, where its protocol can."""
SETTLE_S = 0.6
TELL_S = 0.1
"""A scale that talks unasked does it ten times a second."""
THINK_S = 0.03
"""Between a question and its answer."""
WATER = MappingProxyType({0x35: 0x36, 0x30: 0x4F, 0x03: 0x23, 0x0D: 0x2D})
"""What a wet plug makes of some bytes; it loses none."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the scale's own display, in grams; `over` blanks it."""

    grams: int
    moving: bool
    over: bool

    @property
    def sign(self) -> str:
        return "-" if self.grams < 0 else "+"

    @property
    def kg(self) -> str:
        """Without sign, three decimals."""
        return f"{abs(self.grams) // 1000}.{abs(self.grams) % 1000:03d}"


class ScaleModel:
    """Speaks one protocol of `codec/scale.py`. Hands may touch it at any time, time passes by `advance`."""

    def __init__(self, protocol: str = "ascii") -> None:
        self._ask, self._say = _SPEECH[protocol]
        self._load_g = self._from_g = self._zero_g = 0
        self._moved_mono = -math.inf
        self._touched = False
        self._now = 0.0
        self._tell_mono: float | None = None
        self._heard = b""
        self._line = Cadence()
        self._garbled = 0
        self.is_on = True
        self.asked = 0
        """How often it was asked."""

    # --- hands -----------------------------------------------------------------------------------------------------

    @property
    def load_g(self) -> int:
        return self._load_g

    def put_on(self, grams: int) -> None:
        """More goods; they swing for SETTLE_S."""
        self._from_g, self._load_g = self._swinging_g(), self._load_g + grams
        self._touched = True

    def take_off(self) -> None:
        """Everything."""
        self.put_on(-self._load_g)

    def shake(self) -> None:
        """Somebody leans on it: it swings anew."""
        self.put_on(0)

    def press_zero(self) -> None:
        self._zero_g = self._load_g

    def garble(self, frames: int) -> None:
        """The plug is wet: so many of the next frames come with other bytes in them."""
        self._garbled = frames

    def babble(self, octets: bytes) -> None:
        """Anything at all on the line."""
        self._line.add(octets)

    def switch_off(self) -> None:
        """It says nothing more; the cable is still in."""
        self.is_on = False
        self._line.clear()
        self._heard = b""

    def switch_on(self) -> None:
        self.is_on = True

    # --- what is seen ----------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Shown:
        gross = self._swinging_g() - self._zero_g
        return Shown(gross, self._is_moving(), gross > CAPACITY_G + OVER_G)

    def _is_moving(self) -> bool:
        return self._touched or self._now - self._moved_mono < SETTLE_S

    def _swinging_g(self) -> int:
        if not self._is_moving():
            return self._load_g
        done_ms = 0 if self._touched else round((self._now - self._moved_mono) * 1000)
        return self._from_g + (self._load_g - self._from_g) * done_ms // round(SETTLE_S * 1000)

    # --- the cable -------------------------------------------------------------------------------------------------

    def receive(self, octets: bytes) -> None:
        if not self.is_on or not self._ask:
            return
        self._heard = (self._heard + octets)[-16:]
        for question in self._ask:
            if self._heard.endswith(question):
                self._heard = b""
                self.asked += question == self._ask[0]
                acknowledges = len(self._ask) > 1 and question == self._ask[0]
                self._line.add(b"\x06" if acknowledges else self._frame(), after_s=THINK_S)

    def transmit(self) -> bytes:
        return self._line.take()

    def advance(self, now_mono: float) -> None:
        self._now = now_mono
        if self._touched:
            self._touched, self._moved_mono = False, now_mono
        if self.is_on and not self._ask:
            self._talk(now_mono)
        self._line.advance(now_mono)

    def _talk(self, now_mono: float) -> None:
        if self._tell_mono is None or now_mono - self._tell_mono > 10 * TELL_S:
            self._tell_mono = now_mono  # nobody listened for a while: the line does not keep what was said
        while self._tell_mono <= now_mono:
            self._tell_mono += TELL_S
            self._line.add(self._frame())

    def _frame(self) -> bytes:
        frame = self._say(self.shown)
        if self._garbled > 0:
            self._garbled -= 1
            return bytes(WATER.get(octet, octet ^ 0x02) for octet in frame)
        return frame


def _ascii(shown: Shown) -> bytes:
    state = "OL" if shown.over else "US" if shown.moving else "ST"
    weight = "-------" if shown.over else f"{shown.sign}{shown.kg:>7}"
    return f"{state},GS,{weight}kg\r\n".encode()


def _cas(shown: Shown) -> bytes:
    sign = "F" if shown.over else "-" if shown.grams < 0 else " "
    told = f"{'U' if shown.moving else 'S'}{sign}{'00.000' if shown.over else f'{shown.kg:>06}'}kg".encode()
    return b"\x01\x02" + told + bytes((check_of(told),)) + b"\x03\x04"


def _8217(shown: Shown) -> bytes:
    bits = 0x01 * shown.moving | 0x02 * shown.over | 0x04 * (shown.grams < 0)
    if bits:
        return b"\x02?" + bytes((0x40 | bits,)) + b"\r"
    return f"\x02{shown.kg:>06}\r".encode()


def _nci(shown: Shown) -> bytes:
    h1 = 0x30 | shown.moving | 0x02 * (shown.grams == 0)
    h2 = 0x30 | (shown.grams < UNDER_G) | 0x02 * shown.over
    told = b"S" + bytes((h1, h2)) + b"\r\x03"
    if shown.moving or shown.over or shown.grams < 0:
        return b"\n" + told
    return f"\n{shown.kg:>06}KG\r\n".encode() + told


def _yaohua(shown: Shown) -> bytes:
    grams = 999_999 if shown.over else abs(shown.grams)
    told = f"{shown.sign}{grams:06d}3".encode()
    return b"\x02" + told + f"{check_of(told):02X}".encode() + b"\x03"


def _equals(shown: Shown) -> bytes:
    number = "9999.999" if shown.over else f"{shown.kg:>08}"
    return b"=" + ("-" + number[1:] if shown.grams < 0 else number).encode()[::-1]


def _equals_normal(shown: Shown) -> bytes:
    return b"=" + _equals(shown)[1:][::-1]


def _toledo(shown: Shown) -> bytes:
    state = 0x30 | 0x02 * (shown.grams < 0) | 0x04 * shown.over | 0x08 * shown.moving
    frame = b"\x02-" + bytes((state,)) + f" {abs(shown.grams) % 1_000_000:6d}{0:6d}\r".encode()
    return frame + bytes((check_byte(frame),))


_SPEECH: MappingProxyType[str, tuple[tuple[bytes, ...], Callable[[Shown], bytes]]] = MappingProxyType(
    {
        "ascii": ((), _ascii),
        "cas": ((b"\x05", b"\x11"), _cas),
        "nci": ((b"W\r",), _nci),
        "toledo": ((), _toledo),
        "toledo_8217": ((b"W",), _8217),
        "toledo_unchecked": ((), _toledo),
        "yaohua": ((), _yaohua),
        "yaohua_command": ((b"\x02AB03\x03",), _yaohua),
        "yaohua_equals": ((), _equals),
        "yaohua_equals_normal": ((), _equals_normal),
    }
)
"""What it is asked with, none: it talks unasked; two: the first is acknowledged. And how it says what it shows."""
TONGUES = tuple(_SPEECH)

MODELS = {"scale_serial": Bench(ScaleModel, settings={"protocol": "ascii"})}
