"""Messages of the cloud that nobody has read yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from edge.model.cloud_message import CloudNote


class CloudNotes(Protocol):
    def keep(self, note: CloudNote) -> None: ...
    def drop(self, cid: str) -> None: ...

    def unread(self) -> Sequence[CloudNote]:
        """The oldest first."""
        ...
