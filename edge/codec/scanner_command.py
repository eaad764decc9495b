"""Commands to scanners on a serial line.

    Honeywell   16 cc 0D                           over HID: FD length …
    Newland     7E 01 30 30 30 30 23 text ; 03     # temporary, @ persistent
    Zebra SSI   len opcode 04 00 data… sum sum     length without checksum; sum = two's complement of the 16-bit sum

All are optional: send, ignore silence (devices 1.9).
"""

from __future__ import annotations

from edge.errors import CodecError

HONEYWELL_TRIGGER_ON = b"\x16\x54\r"
HONEYWELL_TRIGGER_OFF = b"\x16\x55\r"
HONEYWELL_BEEP = b"\x16\x07\r"

MAX_HID_COMMAND = 62
"""A 64-byte output report less FD and length."""

MAX_SSI = 255
"""The length is one byte."""

_SSI_HOST = bytes((4, 0))


def honeywell_hid(command: bytes) -> bytes:
    """A serial command wrapped for the HID interface. Raises CodecError when it does not fit one report."""
    if len(command) > MAX_HID_COMMAND:
        raise CodecError("this command is too long", expected=f"up to {MAX_HID_COMMAND} bytes", got=str(len(command)))
    return bytes((0xFD, len(command))) + command


def newland(setting: str, *, persistent: bool = False) -> bytes:
    """A setting such as SCNTRG1 (trigger on) or SCNTRG0 (off) as bytes."""
    return b"\x7e\x010000" + (b"@" if persistent else b"#") + setting.encode("ascii") + b";\x03"


def ssi(opcode: int, payload: bytes = b"") -> bytes:
    """A Zebra SSI packet: E4 start, E5 stop, E6 beep, D0 acknowledge. Raises CodecError when it is too long."""
    length = 2 + len(_SSI_HOST) + len(payload)
    if length > MAX_SSI:
        raise CodecError("this SSI packet is too long", expected=f"up to {MAX_SSI} bytes", got=str(length))
    body = bytes((length, opcode)) + _SSI_HOST + payload
    return body + ssi_checksum(body)


def ssi_checksum(body: bytes) -> bytes:
    """The two bytes that follow `body`."""
    return (-sum(body) & 0xFFFF).to_bytes(2, "big")


COMMANDS = {
    "Honeywell trigger on": HONEYWELL_TRIGGER_ON,
    "Honeywell trigger off": HONEYWELL_TRIGGER_OFF,
    "Honeywell beep": HONEYWELL_BEEP,
    "Honeywell beep over HID": honeywell_hid(HONEYWELL_BEEP),
    "Newland trigger on": newland("SCNTRG1"),
    "Newland trigger off": newland("SCNTRG0"),
    "SSI start session": ssi(0xE4),
    "SSI stop session": ssi(0xE5),
    "SSI beep": ssi(0xE6, b"\x01"),
    "SSI acknowledge": ssi(0xD0),
}
