"""Commands of the cloud and of the page by cid, with their stored answers: what makes a repeated one harmless (P13)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from edge.model.ledger_rows import CommandRow

Run = Callable[..., Any]


class CommandTable:
    def __init__(self, read: Run, write: Run, at: str) -> None:
        self._read = read
        self._write = write
        self._at = at

    def answer(self, cid: str) -> str | None:
        row = self._read("SELECT res FROM cmd WHERE cid = ?", (cid,)).fetchone()
        return str(row[0]) if row else None

    def given(self, cid: str) -> tuple[str, str, str] | None:
        row = self._read("SELECT type, given_by, given_mark FROM cmd WHERE cid = ?", (cid,)).fetchone()
        return (str(row[0]), str(row[1]), str(row[2])) if row else None

    def begin(self, cid: str, kind: str, given_by: str = "", given_mark: str = "") -> None:
        sql = "INSERT INTO cmd VALUES (?, ?, 'running', '', ?, ?, ?)"
        self._write(sql, (cid, kind, self._at, given_by, given_mark))

    def finish(self, cid: str, result: str) -> None:
        self._write("UPDATE cmd SET state = 'final', res = ? WHERE cid = ?", (result, cid))

    def newest(self, most: int) -> list[CommandRow]:
        """For a page: how each stands, newest first."""
        sql = "SELECT cid, type, res, recv_at, given_by FROM cmd ORDER BY recv_at DESC, cid DESC LIMIT ?"
        return [_row(*row) for row in self._read(sql, (most,)).fetchall()]

    def running(self) -> Sequence[tuple[str, str]]:
        rows = self._read("SELECT cid, type FROM cmd WHERE state = 'running' ORDER BY cid").fetchall()
        return [(str(cid), str(kind)) for cid, kind in rows]


def _row(cid: str, kind: str, result: str, at: str, given_by: str) -> CommandRow:
    told: dict[str, Any] = json.loads(result) if result else {"state": "running"}
    error = told.get("err") or {}
    return CommandRow(cid, kind, told["state"], error.get("code", ""), error.get("msg", ""), given_by, at)
