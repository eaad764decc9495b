"""Z reports and closed shifts as the journal has them, newest first: what `/shifts` lists."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set
from pathlib import Path

from edge.model.day_rows import DayOver, MethodSum, ShiftOver, z_report
from edge.model.money import Fen
from edge.store.reading import reading

_ROWS = (
    "SELECT n, at, body FROM journal INDEXED BY journal_day_over"
    " WHERE type IN ('report.z', 'shift.closed') AND type = ? AND n < ? AND body <> '' ORDER BY n DESC LIMIT ?"
)


class DaysOver:
    """Called from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def days(self, before_n: int, most: int) -> Sequence[DayOver]:
        """Those with a journal number below `before_n`."""
        rows, papers = self._rows("report.z", before_n, most)
        return [_day(n, at, json.loads(body), papers) for n, at, body in rows]

    def shifts(self, before_n: int, most: int) -> Sequence[ShiftOver]:
        rows, papers = self._rows("shift.closed", before_n, most)
        return [_shift(n, at, json.loads(body), papers) for n, at, body in rows]

    def _rows(self, kind: str, before_n: int, most: int) -> tuple[list[tuple[int, str, str]], Set[str]]:
        """And of which reports the text is kept."""
        with reading(self._path) as connection:
            rows = connection.execute(_ROWS, (kind, before_n, most)).fetchall()
            return rows, {report for (report,) in connection.execute("SELECT report FROM report_paper")}


def _day(n: int, at: str, body: dict[str, object], papers: Set[str]) -> DayOver:
    pay, back = (_methods(body.get(side)) for side in ("pay", "back"))
    report = z_report(_number(body, "no"), str(body.get("bday", "")))
    return DayOver(
        n=n, at=at, no=_number(body, "no"), day=str(body.get("bday", "")), sales=_number(body, "sales"),
        total=_fen(body, "total"), refunds=_number(body, "refunds") + _number(body, "voids"),
        refunded=Fen(_fen(body, "refunded") + _fen(body, "voided")), paid=pay, back=back,
        over_short=_fen(body, "over_short"), first=str(body.get("first") or ""), last=str(body.get("last") or ""),
        by_itself=body.get("auto") is True, report=report if report in papers else "",
    )  # fmt: skip


def _shift(n: int, at: str, body: dict[str, object], papers: Set[str]) -> ShiftOver:
    report = str(body.get("shift", ""))

    def known(key: str) -> Fen | None:
        return _fen(body, key) if key in body else None

    return ShiftOver(
        n=n, at=at, day=str(body.get("bday", "")), sales=_number(body, "sales"), opened=_fen(body, "float"),
        expected=_fen(body, "expected"), counted=known("counted"), over_short=known("over_short"),
        report=report if report in papers else "",
    )  # fmt: skip


def _methods(found: object) -> tuple[MethodSum, ...]:
    rows = found if isinstance(found, list) else []
    return tuple(MethodSum(str(row.get("m", "")), _number(row, "n"), _fen(row, "amt")) for row in rows)


def _number(body: dict[str, object], key: str) -> int:
    """Zero where the row has none."""
    found = body.get(key)
    return found if isinstance(found, int) else 0


def _fen(body: dict[str, object], key: str) -> Fen:
    return Fen(_number(body, key))
