"""The cloud's layer of settings: what is in force, what is on trial, and what became of the newest (contract P14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

MAX_TRIES = 2
"""Starts under a layer that nobody has confirmed; the next one goes without it."""

Status = Literal["applied", "rejected", "rolled_back"]


@dataclass(frozen=True, slots=True)
class Layer:
    """`body` has the tables and keys of the settings file; `sha` is of its canonical bytes."""

    version: int
    sha: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the cloud is told after each welcome. `code` and `msg` where it was not applied."""

    version: int
    sha: str
    status: Status
    code: str = ""
    msg: str = ""


@dataclass(frozen=True, slots=True)
class KeptConfig:
    """`staged` is tried at the next start, for `confirm_s`; `healthy`: devices that were well when it came.

    `changed`: what the newest one set anew or gave back, as table.key; `ended_at`: when it was kept or taken back, as
    ISO 8601; empty: it was not yet.
    """

    active: Layer | None = None
    staged: Layer | None = None
    tries: int = 0
    confirm_s: int = 0
    healthy: tuple[str, ...] = ()
    outcome: Outcome | None = None
    changed: tuple[str, ...] = ()
    ended_at: str = ""

    @property
    def running(self) -> Layer | None:
        """What a start that begins now goes by."""
        return self.staged if self.staged is not None and self.tries < MAX_TRIES else self.active

    @property
    def version(self) -> int:
        """The newest that was taken in hand, whatever became of it: it does not come again."""
        known = [self.active, self.staged]
        newest = max((layer.version for layer in known if layer is not None), default=0)
        return max(newest, self.outcome.version if self.outcome is not None else 0)

    def stage(self, layer: Layer, confirm_s: int, healthy: tuple[str, ...]) -> KeptConfig:
        changed = _differing(self.active.body if self.active is not None else {}, layer.body)
        return replace(
            self, staged=layer, tries=0, confirm_s=confirm_s, healthy=healthy, changed=changed, ended_at=""
        )  # fmt: skip

    def confirmed(self, at: str) -> KeptConfig:
        layer = self.staged
        assert layer is not None
        told = Outcome(layer.version, layer.sha, "applied")
        return KeptConfig(layer, outcome=told, changed=self.changed, ended_at=at)

    def ended(self, layer: Layer, status: Status, code: str, msg: str, at: str) -> KeptConfig:
        """`layer` is not applied; what was in force stays."""
        told = Outcome(layer.version, layer.sha, status, code, msg[:256])
        return KeptConfig(self.active, outcome=told, changed=self.changed, ended_at=at)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Each table.key that is not the same in both."""
    tables = [(name, before.get(name) or {}, after.get(name) or {}) for name in sorted({*before, *after})]
    return tuple(
        f"{name}.{key}" for name, old, new in tables for key in sorted({*old, *new}) if old.get(key) != new.get(key)
    )
