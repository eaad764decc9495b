"""Commands of the cloud by cid, with their stored answers: what makes a repeated one harmless (P13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Run = Callable[..., Any]


class CommandTable:
    def __init__(self, read: Run, write: Run, at: str) -> None:
        self._read = read
        self._write = write
        self._at = at

    def answer(self, cid: str) -> str | None:
        row = self._read("SELECT res FROM cmd WHERE cid = ?", (cid,)).fetchone()
        return str(row[0]) if row else None

    def begin(self, cid: str, kind: str) -> None:
        self._write("INSERT INTO cmd VALUES (?, ?, 'running', '', ?)", (cid, kind, self._at))

    def finish(self, cid: str, result: str) -> None:
        self._write("UPDATE cmd SET state = 'final', res = ? WHERE cid = ?", (result, cid))

    def running(self) -> Sequence[tuple[str, str]]:
        rows = self._read("SELECT cid, type FROM cmd WHERE state = 'running' ORDER BY cid").fetchall()
        return [(str(cid), str(kind)) for cid, kind in rows]
