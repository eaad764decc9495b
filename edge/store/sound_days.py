"""What each sale reads of the day, by its values: the open shift and the Z reports.

No check of SQLite's finds a wound inside a text, and with one there nothing could be sold any more.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from edge.store.tables.sales import is_day

LAST_DAY = "9999"
"""Days are counted on from the last one, and the calendar ends there."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def is_usable_day(text: object) -> bool:
    return is_day(text) and str(text) < LAST_DAY


def is_shift(row: Sequence[object]) -> bool:
    """`row`: all columns of `shift`."""
    shift, at, day, till, *_ = row
    texts = isinstance(shift, str) and isinstance(at, str) and isinstance(till, str)
    return texts and bool(_ID.fullmatch(str(shift)) and _MOMENT.fullmatch(str(at))) and is_usable_day(day)


def verify_days(connection: sqlite3.Connection) -> str:
    """An empty text, or what is wrong. What cannot even be read raises sqlite3.Error."""
    if not all(is_shift(row) for row in connection.execute("SELECT * FROM shift")):
        return "the open shift cannot be read"
    newest = connection.execute("SELECT bday FROM z_report ORDER BY no DESC LIMIT 1").fetchone()
    return "the last Z report cannot be read" if newest is not None and not is_usable_day(newest[0]) else ""
