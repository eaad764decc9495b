"""What the cloud and the page ordered, as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Commands(Protocol):
    """Commands by cid, with their stored answers (P13)."""

    def answer(self, cid: str) -> str | None:
        """The stored Result as JSON; an empty text while it runs; None when the cid was never seen."""
        ...

    def given(self, cid: str) -> tuple[str, str, str] | None:
        """(type, who gave it at the terminal's own page, the mark of what they typed); None: the cid was never seen.
        Of the cloud's commands the last two are empty.
        """
        ...

    def begin(self, cid: str, kind: str, given_by: str = "", given_mark: str = "") -> None: ...
    def finish(self, cid: str, result: str) -> None: ...
    def running(self) -> Sequence[tuple[str, str]]:
        """(cid, type) of commands that were begun and not finished."""
        ...
