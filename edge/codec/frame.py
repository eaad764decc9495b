"""The technician's magnifying glass: what do these bytes mean, by protocol. The answers of `edge decode frame`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from edge.codec.display_screen import screen_of
from edge.codec.escpos_status import Ask, decode_asb, decode_reply
from edge.codec.escpos_stream import Command, CommandStream, Op
from edge.codec.event_list import describe_events
from edge.codec.gb18030 import encode, printable
from edge.codec.line_display import DisplayKind
from edge.codec.lock import LOCK_AREAS
from edge.codec.scale import AREAS, describe_scale_frame
from edge.codec.scanner_frame import describe_hid_report, describe_input_events, describe_scanner_command
from edge.errors import CodecError, SettingsError

Keys = dict[str, object]

FRAME_MAX = 65_536
"""Bytes: a whole receipt with a picture. What is longer is a file, not a frame."""

_ASK_PREFIX = b"\x10\x04"
_OF_TEXT = frozenset({"gb18030", "scale_ascii", "scale_yaohua"})


def describe_frame(protocol: str, hex_text: str, request_hex: str | None = None) -> Keys:
    """One frame's meaning under the keys of `vectors.json`; `valid` False: no frame of this protocol, and `why` not.

    `gb18030` and scales of text lines take it as well as hexadecimal; `evdev` and `time` take a JSON list of events.
    `request_hex` is what was asked, for answers that do not tell.
    Raises SettingsError for an unknown protocol, for what is not hexadecimal, and for a request that fits nothing.
    """
    if hex_text.lstrip().startswith("["):
        try:
            return describe_events(protocol, hex_text)
        except CodecError as err:
            return {"valid": False, "why": str(err)}
    describe = PROTOCOLS.get(protocol)
    if describe is None:
        raise SettingsError("unknown protocol", expected=", ".join(sorted(PROTOCOLS)), got=protocol)
    is_text = protocol in _OF_TEXT and not _is_hex(hex_text)
    frame = hex_text.encode("gb18030", errors="replace") if is_text else _octets(hex_text)
    request = None if request_hex is None else _octets(request_hex)
    try:
        return describe(frame, request)
    except CodecError as err:
        return {"valid": False, "why": str(err)}


def _is_hex(text: str) -> bool:
    try:
        bytes.fromhex(text)
    except ValueError:
        return False
    return True


def _octets(hex_text: str) -> bytes:
    try:
        octets = bytes.fromhex(hex_text)
    except ValueError as err:
        raise SettingsError(
            "this is not hexadecimal", expected='pairs of digits such as "1B 40"', got=repr(hex_text[:40])
        ) from err
    if len(octets) > FRAME_MAX:
        raise SettingsError("a frame is not that long", expected=f"at most {FRAME_MAX} bytes", got=str(len(octets)))
    return octets


def _spaced(octets: bytes) -> str:
    return octets.hex(" ").upper()


def _real_time(frame: bytes, request: bytes | None) -> Keys:
    """One answer to DLE EOT; without the request, by each of the four questions."""
    if len(frame) != 1:
        raise CodecError("an answer to DLE EOT is one byte", got=f"{len(frame)} bytes")
    if request is None:
        readings = {ask.name.lower(): asdict(decode_reply(ask, frame[0])) for ask in Ask}
        return {"valid": True, "readings": readings}
    return {"valid": True, **asdict(decode_reply(_asked(request), frame[0]))}


def _asked(request: bytes) -> Ask:
    questions = {_ASK_PREFIX + bytes((ask,)): ask for ask in Ask}
    if request not in questions:
        raise SettingsError(
            "this request has no such answer", expected="10 04 01 to 10 04 04", got=_spaced(request[:8]) or "nothing"
        )
    return questions[request]


def _auto_status(frame: bytes, _request: bytes | None) -> Keys:
    return {"valid": True, **asdict(decode_asb(frame))}


def _chinese(frame: bytes, _request: bytes | None) -> Keys:
    """`bytes` and `cells` are of what would be printed, `gb18030` of what it was made from."""
    text = frame.decode("gb18030", errors="replace")
    encoded = encode(text)
    return {
        "text": text,
        "printable": printable(text),
        "bytes": _spaced(encoded),
        "cells": len(encoded),
        "gb18030": _spaced(frame),
    }


def _print_stream(frame: bytes, _request: bytes | None) -> Keys:
    """Every command of a print stream, and what is left over."""
    stream = CommandStream()
    commands = stream.feed(frame)
    rest: Keys = {"unfinished": _spaced(stream.unfinished)} if stream.unfinished else {}
    return {"commands": [_command(command) for command in commands], **rest}


def _command(command: Command) -> Keys:
    keys: Keys = {"at": command.at, "command": command.op.value}
    if command.op is Op.TEXT:
        return {**keys, "text": command.octets.decode("gb18030", errors="replace")}
    if command.op is Op.PICTURE:
        return {**keys, "bytes": _spaced(command.octets[:8]) + " …", "length": len(command.octets)}
    return {**keys, "bytes": _spaced(command.octets)}


def _display(frame: bytes, kind: DisplayKind) -> Keys:
    """`meaning` of the commands in words, and what the customer sees after them."""
    screen = screen_of(kind)
    meanings = screen.feed(frame)
    if not meanings:
        raise CodecError(f"a {kind} display does not know this", got=_spaced(frame[:16]) or "nothing")
    return {"meaning": ", ".join(meanings), "screen": screen.text, "garbage": screen.garbage}


def _any_display(frame: bytes, _request: bytes | None) -> Keys:
    """By each kind that understands all of it; one command may be harmless to one kind and wreck another."""
    readings: Keys = {}
    for kind in DisplayKind:
        screen = screen_of(kind)
        meanings = screen.feed(frame)
        if meanings and not screen.garbage:
            readings[kind.value] = {"meaning": ", ".join(meanings), "screen": screen.text}
    if not readings:
        raise CodecError("no display of ours knows this", got=_spaced(frame[:16]) or "nothing")
    return {"readings": readings}


def _scale(area: str, frame: bytes, _request: bytes | None) -> Keys:
    return describe_scale_frame(area, frame)


PROTOCOLS: dict[str, Callable[[bytes, bytes | None], Keys]] = {
    **{area: partial(_scale, area) for area in AREAS},
    **LOCK_AREAS,
    "cd5220": lambda frame, _: _display(frame, DisplayKind.CD5220),
    "display": _any_display,
    "dmd": lambda frame, _: _display(frame, DisplayKind.DMD),
    "escpos": _print_stream,
    "escpos_asb": _auto_status,
    "escpos_rt": _real_time,
    "evdev": lambda frame, _: describe_input_events(frame),
    "gb18030": _chinese,
    "hidpos": lambda frame, _: describe_hid_report(frame),
    "input_event": lambda frame, _: describe_input_events(frame),
    "led8": lambda frame, _: _display(frame, DisplayKind.LED8),
    "scancmd": lambda frame, _: describe_scanner_command(frame),
}
"""One line a protocol: the areas of `vectors.json`, `display` also split by kind."""
