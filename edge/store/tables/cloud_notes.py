"""Messages of the cloud that nobody has read yet, by the cid of their command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.model.cloud_message import CloudNote

Run = Callable[..., Any]


class CloudNoteTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, note: CloudNote) -> None:
        self._write("INSERT OR REPLACE INTO message VALUES (?, ?, ?)", (note.cid, note.text, note.paper))

    def unread(self) -> Sequence[CloudNote]:
        """The oldest first."""
        rows = self._read("SELECT cid, text, paper FROM message ORDER BY cid")
        return [CloudNote(cid, text, bool(paper)) for cid, text, paper in rows]

    def drop(self, cid: str) -> None:
        self._write("DELETE FROM message WHERE cid = ?", (cid,))
