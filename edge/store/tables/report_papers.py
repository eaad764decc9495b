"""Texts of Z reports and of shifts' ends as they were first printed: another paper is the same, whatever is so now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge.codec.slip_text import read_slip, write_slip
from edge.model.slip import Slip

Run = Callable[..., Any]

KEPT = 800
"""A year of days with a shift each, 2 KB a text."""


class ReportPaperTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, report: str, slip: Slip) -> None:
        self._write("INSERT OR REPLACE INTO report_paper(report, slip) VALUES (?, ?)", (report, write_slip(slip)))
        self._write("DELETE FROM report_paper WHERE n <= (SELECT max(n) FROM report_paper) - ?", (KEPT,))

    def find(self, report: str) -> Slip | None:
        row = self._read("SELECT slip FROM report_paper WHERE report = ?", (report,)).fetchone()
        return read_slip(row[0]) if row else None

    def next_copy(self, report: str) -> int:
        self._write("UPDATE report_paper SET copies = copies + 1 WHERE report = ?", (report,))
        row = self._read("SELECT copies FROM report_paper WHERE report = ?", (report,)).fetchone()
        return int(row[0]) if row else 1
