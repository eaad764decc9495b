"""Key presses as the bytes that the kernel delivers for them: `struct input_event` of 24 bytes, report by report."""

from __future__ import annotations

from collections.abc import Iterator

from edge.codec.input_event import EV_KEY, EV_MSC, EV_SYN, SIZE_64, SYN_DROPPED, InputEvent, pack_event
from edge.codec.keyboard import CONTROLS, KEYPAD_DIGITS, PLAIN, PRESS, RELEASE, SHIFTED, AltMode

SHIFT_LEFT = 42
CTRL_LEFT = 29
ALT_LEFT = 56
REPEAT = 2

_MSC_SCAN = 4
_SYN_REPORT = 0
_MAIN_BLOCK = range(2, 58)

_PLAIN_CODE = {sign: code for code, sign in reversed(PLAIN.items()) if code in _MAIN_BLOCK}
_SHIFTED_CODE = {sign: code for code, sign in reversed(SHIFTED.items()) if code in _MAIN_BLOCK}
_CONTROL_CODE = {sign: code for code, sign in CONTROLS.items()}
_PAD_CODE = {digit: code for code, digit in KEYPAD_DIGITS.items()}


def report(code: int, value: int) -> bytes:
    """One key going down (1), up (0) or repeating (2), as the three events of its report."""
    return _event(EV_MSC, _MSC_SCAN, code) + _event(EV_KEY, code, value) + _event(EV_SYN, _SYN_REPORT, 0)


def overflow() -> bytes:
    """What is left of keys that the kernel's buffer had no room for."""
    return _event(EV_SYN, SYN_DROPPED, 0) + _event(EV_SYN, _SYN_REPORT, 0)


def strokes(text: str, alt_mode: AltMode = "unicode") -> Iterator[bytes]:
    """The reports that type `text` on a US keyboard; what has no key there goes with Alt and a number."""
    for sign in text:
        if sign in _PLAIN_CODE:
            yield from tap(_PLAIN_CODE[sign])
        elif sign in _SHIFTED_CODE:
            yield from _with(SHIFT_LEFT, _SHIFTED_CODE[sign])
        elif sign in _CONTROL_CODE:
            yield from _with(CTRL_LEFT, _CONTROL_CODE[sign])
        else:
            for number in _alt_numbers(sign, alt_mode):
                yield from _with(ALT_LEFT, *(_PAD_CODE[digit] for digit in str(number)))


def tap(code: int) -> Iterator[bytes]:
    yield report(code, PRESS)
    yield report(code, RELEASE)


def _with(modifier: int, *codes: int) -> Iterator[bytes]:
    yield report(modifier, PRESS)
    for code in codes:
        yield from tap(code)
    yield report(modifier, RELEASE)


def _alt_numbers(sign: str, alt_mode: AltMode) -> list[int]:
    if alt_mode == "gbk":
        return [int.from_bytes(sign.encode("gbk"), "big")]
    return list(sign.encode("gb18030")) if alt_mode == "bytes" else [ord(sign)]


def _event(kind: int, code: int, value: int) -> bytes:
    # Nobody looks at the time of an event: the driver stamps what it reads by its own clock.
    return pack_event(InputEvent(0, 0, kind, code, value), SIZE_64)
