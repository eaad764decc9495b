"""The numeric pad beside the scanner, and the finger on it."""

from __future__ import annotations

from types import MappingProxyType

from edge.codec.input_event import SIZE_64
from edge.codec.keyboard import KEYPAD_DIGITS, PRESS, RELEASE
from edge.messages import Key
from edge.sim.cadence import Talker
from edge.sim.keystroke import REPEAT, overflow, report
from edge.sim.model import Bench

CODES = MappingProxyType(
    {Key(digit): code for code, digit in KEYPAD_DIGITS.items()}
    | {
        Key.POINT: 83, Key.TIMES: 55, Key.PLUS: 78, Key.MINUS: 74, Key.HELP: 98, Key.ENTER: 96, Key.BACKSPACE: 14,
    }
)  # fmt: skip

TAP_S = 0.06
"""How long a finger stays on a key."""
REPEAT_DELAY_S = 0.25
REPEAT_S = 0.033
"""The kernel's own repetition of a key that is held."""


class KeypadModel(Talker):
    """Keys go down and up in time; one that is held repeats, as the kernel makes it."""

    def press(self, key: Key) -> None:
        """Tap one key."""
        self.hold(key, TAP_S)

    def type(self, number: str) -> None:
        """Tap the digits and the point of a number."""
        for sign in number:
            self.press(Key(sign))

    def hold(self, key: Key, seconds: float) -> None:
        """Keep a key down; Key.CANCEL is no key but a held Backspace."""
        code = CODES[key]
        self._cable.add(report(code, PRESS))
        held_s, wait_s = 0.0, REPEAT_DELAY_S
        while held_s + wait_s < seconds:
            self._cable.add(report(code, REPEAT), after_s=wait_s)
            held_s, wait_s = held_s + wait_s, REPEAT_S
        self._cable.add(report(code, RELEASE), after_s=seconds - held_s)

    def hold_and_lose_the_release(self, key: Key) -> None:
        """The box is too slow for it: the press arrives, then the kernel's buffer overflows."""
        self._cable.add(report(CODES[key], PRESS))
        self._cable.add(overflow())


MODELS = {"keypad": Bench(KeypadModel, grain=SIZE_64)}
