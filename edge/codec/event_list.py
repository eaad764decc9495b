"""Events given as a JSON list instead of bytes: key presses, and stamps of a box whose clock was wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edge.codec.chronology import back_dated, chronological
from edge.codec.keyboard import KeyDecoder
from edge.errors import CodecError

Keys = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Stamped:
    id: str
    boot_seq: int
    seq: int


def describe_events(protocol: str, text: str) -> Keys:
    """`evdev`: [[key code, value], …] → scans, partial. `time`: rows → order, or an unsynced row and a sync → wall.

    Raises CodecError for another protocol, and for a list that is not of this form.
    """
    describe = _EVENTS.get(protocol)
    if describe is None:
        raise CodecError("this protocol is given in hexadecimal", expected="a list only for evdev and time")
    try:
        return describe(json.loads(text))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, StopIteration) as error:
        raise CodecError("this is not a list of such events", where=protocol, got=f"{error}") from error


def _keys(events: list[Any]) -> Keys:
    decoder = KeyDecoder()
    scans = [list(scan) for code, value in events for scan in decoder.feed((int(code), int(value)))]
    return {"scans": scans, "partial": decoder.partial}


def _stamps(events: list[dict[str, Any]]) -> Keys:
    sync = next((event for event in events if "sync_mono" in event), None)
    if sync is None:
        rows = [_Stamped(str(e["id"]), int(e["boot_seq"]), int(e["seq"])) for e in events]
        return {"order": [row.id for row in chronological(rows)]}
    early = next(event for event in events if "mono" in event)
    at = back_dated(
        float(early["mono"]), sync_mono_s=float(sync["sync_mono"]), sync_at=datetime.fromisoformat(sync["sync_wall"])
    )
    return {"wall": at.isoformat(timespec="auto").replace("+00:00", "Z")}


_EVENTS: dict[str, Callable[[list[Any]], Keys]] = {"evdev": _keys, "time": _stamps}
