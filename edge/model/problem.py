"""Something that somebody should look after: what it is, and since when. Pages say what it means for a shop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`kind` is one of those in edge/words/page/overview.toml; `what` names the device, file or part, `detail` tells
    what was seen there, in English, for who mends it. `since_at`: when this start first saw it, as ISO 8601.
    """

    kind: str
    what: str
    detail: str
    since_at: str = ""

    @property
    def text(self) -> str:
        """One line, for the log and the cloud."""
        return f"{self.what}: {self.detail}"
