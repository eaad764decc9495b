"""Input reports of USB HID POS scanners (usage page 8C), as one Honeywell capture has them (devices 1.7).

    02 nn ] c m d…d 00…00 xx 00 mm      64 bytes: report id, length of data (0–56), AIM identifier, data, maker's code
    └id └len └AIM └56 bytes       └more    id at 61, 01 at 63 when more reports of the same scan follow

Other makers' reports differ; their report descriptor says how.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.errors import CodecError

REPORT_SIZE = 64
REPORT_ID = 2
MAX_DATA = 56

_AIM_AT, _DATA_AT, _MORE_AT = 2, 5, 63


@dataclass(frozen=True, slots=True)
class HidReport:
    """`content` is one piece of a scan; it goes on in the next report when `more`."""

    aim: str
    content: bytes
    more: bool


def parse_hid_report(report: bytes) -> HidReport:
    """Raises CodecError: not 64 bytes, another report id, a length over 56, an identifier that is not `]cm`."""
    if len(report) != REPORT_SIZE or report[0] != REPORT_ID:
        got = f"{len(report)} bytes, id {report[:1].hex().upper()}"
        raise CodecError("this is no HID POS report", expected="64 bytes, id 02", got=got)
    length = report[1]
    if length > MAX_DATA:
        raise CodecError("this report is longer than it can be", where="byte 2", expected="0 to 56", got=str(length))
    aim = report[_AIM_AT:_DATA_AT]
    if not aim.isascii() or aim[:1] != b"]":
        raise CodecError("this report has no AIM identifier", where="byte 3", expected="]cm", got=aim.hex(" "))
    return HidReport(aim.decode("ascii"), report[_DATA_AT : _DATA_AT + length], more=report[_MORE_AT] == 1)
