"""What the cloud holds, read on a connection of its own: the page that says "0 lost, 0 doubled" stands on this."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from edge.clock import iso_ms
from edge.errors import SettingsError
from edge.reference_cloud.parcels import TextMessage
from edge.reference_cloud.spans import Spans

BUSY_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class CloudRow:
    """One stored event. `at_corrected` adds the clock steps that came later in the same boot (P12)."""

    tid: str
    stream: str
    epoch: str
    seq: int
    id: str
    type: str
    sv: int
    at: str
    at_corrected: str
    boot: int
    up: int
    clk: str | None
    data: dict[str, Any]
    received_at: str
    code: str | None


@dataclass(frozen=True, slots=True)
class LaneReport:
    """One stream of one epoch. `again` counts events that came more than once and are stored once."""

    tid: str
    stream: str
    epoch: str
    rows: int
    upto: int
    missing: int
    parked: int
    again: int
    lost: int
    conflicts: int
    unknown: int


class CloudReport:
    """Reads while the cloud writes. Raises SettingsError for a file that is not there or not ours."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, tid: str, stream: str) -> list[CloudRow]:
        """Stored events of one terminal and stream: epochs in the order of their first contact, then by seq."""
        with _connected(self._path) as db:
            found = db.execute(
                "SELECT e.tid, l.stream, l.epoch, e.seq, e.id, e.type, e.sv, e.at, (SELECT coalesce(sum(step_ms), 0)"
                " FROM step s WHERE s.tid = e.tid AND s.boot = e.boot AND s.up > e.up), e.boot, e.up,"
                " e.clk, e.body, e.received_at, e.code"
                " FROM event e JOIN lane l USING(lane) WHERE l.tid = ? AND l.stream = ? ORDER BY e.lane, e.seq, e.n",
                (tid, stream),
            )
            return [_row(columns) for columns in found]

    def lanes(self, tid: str | None = None) -> list[LaneReport]:
        """One line for each terminal, stream and epoch."""
        with _connected(self._path) as db:
            return [_lane(db, columns) for columns in db.execute(
                "SELECT lane, tid, stream, epoch, spans, again FROM lane WHERE ?1 IS NULL OR tid = ?1"
                " ORDER BY tid, lane", (tid,)
            ).fetchall()]  # fmt: skip

    def terminals(self) -> list[dict[str, Any]]:
        """tid, state, sess and epoch of each terminal that ever said hello or status."""
        with _connected(self._path) as db:
            found = db.execute("SELECT tid, state, sess, epoch FROM terminal ORDER BY tid").fetchall()
            return [dict(zip(("tid", "state", "sess", "epoch"), columns, strict=True)) for columns in found]

    def refused(self) -> dict[str, int]:
        """How many payloads were refused, by code of B6."""
        with _connected(self._path) as db:
            return dict(db.execute("SELECT code, sum(times) FROM refused GROUP BY code ORDER BY code").fetchall())

    def campaigns(self, tid: str) -> list[tuple[dict[str, Any], list[str], str]]:
        """(what was signed, the goods that it is about, when it was revoked) of all that this shop was given."""
        with _connected(self._path) as db:
            found = db.execute("SELECT body, goods, revoked_at FROM campaign WHERE tid = ? ORDER BY id", (tid,))
            return [(json.loads(body), json.loads(goods), revoked_at) for body, goods, revoked_at in found]

    def messages(self, tid: str) -> list[TextMessage]:
        """What recipients of parcels were told for one station, the oldest first."""
        with _connected(self._path) as db:
            found = db.execute(
                "SELECT to_whom, waybill, code, place FROM text_message WHERE tid = ? ORDER BY n", (tid,)
            )
            return [TextMessage(*row) for row in found]

    def count(self) -> int:
        """All stored events."""
        with _connected(self._path) as db:
            total: int = db.execute("SELECT count(*) FROM event").fetchone()[0]
            return total


def report_lines(report: CloudReport, *, as_json: bool) -> Iterator[str]:
    """The report as JSON lines, or as a table for a person."""
    lanes = report.lanes()
    if as_json:
        yield from (json.dumps(asdict(lane)) for lane in lanes)
        return
    columns = ("rows", "upto", "missing", "parked", "again", "lost", "conflicts", "unknown")
    yield f"{'terminal':<24}{'stream':<7}{'epoch':<27}" + "".join(f"{column:>10}" for column in columns)
    for lane in lanes:
        yield f"{lane.tid:<24}{lane.stream:<7}{lane.epoch:<27}" + "".join(
            f"{getattr(lane, column):>10}" for column in columns
        )
    for code, times in report.refused().items():
        yield f"refused {code}: {times}"
    yield (
        f"{sum(lane.rows for lane in lanes)} rows, {sum(lane.missing + lane.lost for lane in lanes)} lost or missing, "
        f"{sum(lane.again for lane in lanes)} duplicates absorbed, {sum(lane.parked for lane in lanes)} parked"
    )


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection for one look."""
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)
    except sqlite3.Error as error:
        raise _foreign(path, error) from error
    try:
        db.execute("SELECT 1 FROM lane LIMIT 1")
        yield db
    except sqlite3.Error as error:
        raise _foreign(path, error) from error
    finally:
        db.close()


def _foreign(path: Path, error: sqlite3.Error) -> SettingsError:
    return SettingsError(
        f"no database of this cloud: {error}", where=str(path), cure="Name the file of edge cloud --db."
    )


def _row(columns: tuple[Any, ...]) -> CloudRow:
    tid, stream, epoch, seq, event_id, kind, sv, at, step_ms, boot, up, clk, body, received_at, code = columns
    return CloudRow(
        tid=tid, stream=stream, epoch=epoch, seq=seq, id=event_id, type=kind, sv=sv, at=at,
        at_corrected=_shifted(at, step_ms), boot=boot, up=up, clk=clk, data=json.loads(body),
        received_at=received_at, code=code,
    )  # fmt: skip


def _shifted(at: str, step_ms: int) -> str:
    """`at` + step_ms; as it was where that is no date (30 February, the year 10,000)."""
    if not step_ms:
        return at
    try:
        return iso_ms(datetime.fromisoformat(at) + timedelta(milliseconds=step_ms))
    except (ValueError, OverflowError):
        return at


def _lane(db: sqlite3.Connection, columns: tuple[Any, ...]) -> LaneReport:
    lane, tid, stream, epoch, text, again = columns
    spans = Spans.read(text)
    rows, conflicts, unknown = db.execute(
        "SELECT count(*), coalesce(sum(code = 'seq.conflict'), 0), coalesce(sum(code = 'schema.unknown_type'), 0)"
        " FROM event WHERE lane = ?", (lane,)
    ).fetchone()  # fmt: skip
    parked = db.execute("SELECT count(*) FROM parked WHERE lane = ?", (lane,)).fetchone()[0]
    lost = sum(
        hi - lo + 1 - _came_after_all(db, lane, lo=lo, hi=hi)
        for lo, hi in db.execute("SELECT lo, hi FROM lost WHERE lane = ?", (lane,)).fetchall()
    )
    return LaneReport(
        tid=tid, stream=stream, epoch=epoch, rows=rows, upto=spans.upto,
        missing=sum(hi - lo + 1 for lo, hi in spans.missing(1, spans.top)), parked=parked, again=again, lost=lost,
        conflicts=conflicts, unknown=unknown,
    )  # fmt: skip


def _came_after_all(db: sqlite3.Connection, lane: int, *, lo: int, hi: int) -> int:
    """Rows that were declared lost and were received later."""
    found: int = db.execute(
        "SELECT count(DISTINCT seq) FROM (SELECT seq FROM event WHERE lane = ?1 AND seq BETWEEN ?2 AND ?3"
        " UNION ALL SELECT seq FROM again WHERE lane = ?1 AND seq BETWEEN ?2 AND ?3)",
        (lane, lo, hi),
    ).fetchone()[0]
    return found
