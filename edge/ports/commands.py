"""What the cloud ordered, as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Commands(Protocol):
    """Commands of the cloud by cid, with their stored answers (P13)."""

    def answer(self, cid: str) -> str | None:
        """The stored Result as JSON; an empty text while it runs; None when the cid was never seen."""
        ...

    def begin(self, cid: str, kind: str) -> None: ...
    def finish(self, cid: str, result: str) -> None: ...
    def running(self) -> Sequence[tuple[str, str]]:
        """(cid, type) of commands that were begun and not finished."""
        ...
