"""Barcode scanners in a shop's hand: one on a serial line, one that types like a keyboard."""

from __future__ import annotations

from collections.abc import Iterable

from edge.codec.input_event import SIZE_64
from edge.codec.keyboard import AltMode
from edge.sim.cadence import Talker
from edge.sim.keystroke import overflow, strokes, tap
from edge.sim.model import Bench

ENTER = 28
TAB = 15
KEY_S = 0.008
"""A HID report of a scanner in keyboard mode (devices 1.5)."""
BYTE_9600_S = 10 / 9600
"""One byte with start and stop bit."""


class SerialScannerModel(Talker):
    """Sends each code with its suffix, a byte every `pace_s` (0: at once). `aim` is put in front of every code."""

    def __init__(self, *, suffix: bytes = b"\r", aim: str = "", pace_s: float = 0.0, encoding: str = "utf-8") -> None:
        super().__init__()
        self._suffix = suffix
        self._aim = aim
        self._pace_s = pace_s
        self._encoding = encoding

    def scan(self, code: str) -> None:
        """Pull the trigger over a code."""
        self._send(self._spelled(code) + self._suffix)

    def scan_twice(self, code: str) -> None:
        """A shaking hand: the trigger bounces and reads the same code again."""
        self.scan(code)
        self.scan(code)

    def scan_half(self, code: str) -> None:
        """The connection breaks in the middle: the rest and the suffix never come."""
        spelled = self._spelled(code)
        self._send(spelled[: len(spelled) // 2])

    def garble(self, code: str) -> None:
        """Noise on the line turns the code into something else; the suffix is still one."""
        self._send(b"\x00\xff" + bytes(octet ^ 0x80 for octet in self._spelled(code)) + self._suffix)

    def babble(self, octets: int) -> None:
        """The device runs wild: that many characters without an end."""
        self._send(b"7" * octets)

    def flood(self, codes: Iterable[str]) -> None:
        """A stand that reads everything on a roll of labels."""
        for code in codes:
            self.scan(code)

    def noise(self, octets: bytes) -> None:
        """Anything at all on the line."""
        self._send(octets)

    def _spelled(self, code: str) -> bytes:
        return (self._aim + code).encode(self._encoding)

    def _send(self, octets: bytes) -> None:
        if self._pace_s == 0:
            self._cable.add(octets)
            return
        for octet in octets:
            self._cable.add(bytes((octet,)), after_s=self._pace_s)


class KeyboardScannerModel(Talker):
    """Types each code and its `suffix` key (None: no suffix), a report every `pace_s`."""

    def __init__(
        self, *, suffix: int | None = ENTER, aim: str = "", pace_s: float = 0.0, alt_mode: AltMode = "unicode"
    ) -> None:
        super().__init__()
        self._suffix = suffix
        self._aim = aim
        self._pace_s = pace_s
        self._alt_mode: AltMode = alt_mode

    def scan(self, code: str) -> None:
        """Pull the trigger over a code."""
        self._type(self._keys(code))
        self._end()

    def scan_twice(self, code: str) -> None:
        """A shaking hand: the trigger bounces and reads the same code again."""
        self.scan(code)
        self.scan(code)

    def scan_half(self, code: str) -> None:
        """The scanner stops in the middle: the rest and the suffix never come."""
        self._type(self._keys(code[: len(code) // 2]))

    def scan_while_busy(self, code: str) -> None:
        """The box is too slow for it: the kernel's buffer overflows and keys from the middle of the code are lost."""
        keys = self._keys(code)
        third = len(keys) // 3
        self._type(keys[:third])
        self._type([overflow()])
        self._type(keys[2 * third :])
        self._end()

    def stall(self) -> None:
        """The box slept through everything that was typed."""
        self._type([overflow()])

    def garble(self, code: str) -> None:
        """A badly set scanner: a control character in the code that no code has."""
        self._type(self._keys(code))
        self._type(strokes("\x01"))
        self._end()

    def babble(self, keys: int) -> None:
        """A stuck key, or a scanner run wild: that many characters without an end."""
        self._type(self._keys("7" * keys))

    def flood(self, codes: Iterable[str]) -> None:
        """A stand that reads everything on a roll of labels."""
        for code in codes:
            self.scan(code)

    def mash(self, keys: Iterable[int]) -> None:
        """A child on the keyboard of the same name: any keys, one after the other."""
        for key in keys:
            self._type(tap(key))

    def _keys(self, code: str) -> list[bytes]:
        return list(strokes(self._aim + code, self._alt_mode))

    def _end(self) -> None:
        if self._suffix is not None:
            self._type(tap(self._suffix))

    def _type(self, reports: Iterable[bytes]) -> None:
        for report in reports:
            self._cable.add(report, after_s=self._pace_s)


MODELS = {
    "scanner_serial": Bench(SerialScannerModel),
    "scanner_evdev": Bench(KeyboardScannerModel, grain=SIZE_64),
}
