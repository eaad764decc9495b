"""What bytes from and to scanners mean, for a technician: the answers of `edge decode frame` in three areas."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from edge.codec.hid_report import parse_hid_report
from edge.codec.input_event import EV_KEY, parse_events
from edge.codec.keyboard import KeyDecoder
from edge.codec.line_scan import scan_text
from edge.codec.scanner_command import COMMANDS, ssi_checksum
from edge.errors import CodecError

Keys = dict[str, Any]


def describe_input_events(frame: bytes) -> Keys:
    """One event: its fields. Several: the scans that its keys type. Raises CodecError when they are no events."""
    events = parse_events(frame)
    if len(events) == 1:
        return asdict(events[0])
    decoder = KeyDecoder()
    scans = [scan for e in events if e.type == EV_KEY for scan in decoder.feed((e.code, e.value))]
    return {"events": len(events), "scans": [list(scan) for scan in scans], "partial": decoder.partial}


def describe_hid_report(frame: bytes) -> Keys:
    """One input report of a HID POS scanner. Raises CodecError as parse_hid_report and scan_text do."""
    report = parse_hid_report(frame)
    return {
        "aim": report.aim,
        "data": scan_text(report.content),
        "len": len(report.content),
        "more": report.more,
    }


def describe_scanner_command(frame: bytes) -> Keys:
    """The command by its name, if known; for SSI shapes the checksum that belongs there, and whether it does.

    Raises CodecError for no bytes at all.
    """
    if not frame:
        raise CodecError("there is no command in no bytes", expected="at least one byte")
    names = [name for name, known in COMMANDS.items() if known == frame]
    keys: Keys = {"bytes": frame.hex(" ").upper(), "command": names[0] if names else None}
    if len(frame) == frame[0] + 2:
        checksum = ssi_checksum(frame[:-2])
        keys |= {"checksum": checksum.hex(" ").upper(), "check_ok": frame[-2:] == checksum}
    return keys
