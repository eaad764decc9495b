"""What the cloud and the page ordered, as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Commands(Protocol):
    """Commands by cid, with their stored answers (P13)."""

    def answer(self, cid: str) -> str | None:
        """The stored Result as JSON; an empty text while it runs; None when the cid was never seen."""
        ...

    def given(self, cid: str) -> tuple[str, str] | None:
        """(type, who gave it at the terminal's own page; empty: the cloud); None when the cid was never seen."""
        ...

    def begin(self, cid: str, kind: str, given_by: str = "") -> None: ...
    def finish(self, cid: str, result: str) -> None: ...
    def running(self) -> Sequence[tuple[str, str]]:
        """(cid, type) of commands that were begun and not finished."""
        ...
