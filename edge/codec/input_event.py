"""`struct input_event` of Linux, as read from /dev/input/eventN.

    64-bit user space   ssssssss uuuuuuuu tt cc vvvv     24 bytes
    32-bit ARM          ssss uuuu tt cc vvvv             16 bytes

    s seconds, u microseconds, t type, c code, v value; little endian

linux/input.h; devices 1.2.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from edge.errors import CodecError

EV_SYN = 0
EV_KEY = 1
EV_MSC = 4
SYN_DROPPED = 3

SIZE_64 = 24
SIZE_32 = 16

LAYOUTS = {SIZE_64: struct.Struct("<qqHHi"), SIZE_32: struct.Struct("<IIHHi")}
"""By size of one event. Which one a machine uses is `NATIVE_SIZE`; the kernel never mixes them on one descriptor."""

NATIVE_SIZE = SIZE_64 if struct.calcsize("P") == 8 else SIZE_32

MAX_TYPE = 0x1F
MAX_CODE = 0x2FF


@dataclass(frozen=True, slots=True)
class InputEvent:
    sec: int
    usec: int
    type: int
    code: int
    value: int

    @property
    def keys_lost(self) -> bool:
        """SYN_DROPPED: the kernel's buffer overflowed before this event."""
        return self.type == EV_SYN and self.code == SYN_DROPPED


class InputEventDecoder:
    """Cuts a byte stream into events; `size` is SIZE_64 or SIZE_32."""

    def __init__(self, size: int = NATIVE_SIZE) -> None:
        self._layout = _layout(size)
        self._rest = b""

    def feed(self, received: bytes) -> list[InputEvent]:
        """All events that are complete now; less than one event is kept for the next call."""
        stream = self._rest + received
        whole = len(stream) - len(stream) % self._layout.size
        self._rest = stream[whole:]
        return [InputEvent(*fields) for fields in self._layout.iter_unpack(stream[:whole])]


def pack_event(event: InputEvent, size: int = NATIVE_SIZE) -> bytes:
    """The bytes of one event. Raises CodecError when a field does not fit."""
    try:
        return _layout(size).pack(event.sec, event.usec, event.type, event.code, event.value)
    except struct.error as err:
        raise CodecError("this event does not fit its structure", got=str(event)) from err


def parse_events(received: bytes) -> list[InputEvent]:
    """Events of a capture whose machine is not known: the size that fits its length and gives sensible events.

    Raises CodecError when neither does.
    """
    for size in (SIZE_64, SIZE_32):
        if received and len(received) % size == 0:
            events = InputEventDecoder(size).feed(received)
            if all(_sensible(event) for event in events):
                return events
    raise CodecError(
        "these are no input events", expected="24 or 16 bytes each, types to 1F", got=f"{len(received)} bytes"
    )


def _layout(size: int) -> struct.Struct:
    if size not in LAYOUTS:
        raise CodecError("there is no such input event", expected="16 or 24 bytes", got=str(size))
    return LAYOUTS[size]


def _sensible(event: InputEvent) -> bool:
    return 0 <= event.usec < 1_000_000 and event.type <= MAX_TYPE and event.code <= MAX_CODE
