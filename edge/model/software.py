"""Which software a box runs, and from which of the places that its appliance keeps for it."""

from __future__ import annotations

from dataclasses import dataclass

SINCE = "app.since"
"""Under this key of the ledger's `meta`: "{version} {moment}" of the first start under the version that runs."""


@dataclass(frozen=True, slots=True)
class Slot:
    """`version` and `installed_at` (ISO 8601) empty: nobody wrote them down, as for what the factory laid in.

    `is_running`: the box was started from it; `is_next`: it is what the next start takes; `is_good` None: not known.
    """

    name: str
    version: str
    installed_at: str
    is_running: bool
    is_next: bool
    is_good: bool | None


def since_text(version: str, at: str) -> str:
    return f"{version} {at}"


def running_since(noted: str | None, version: str) -> str:
    """The moment of `SINCE`; empty where it is of another version."""
    of, _, at = (noted or "").partition(" ")
    return at if of == version else ""
