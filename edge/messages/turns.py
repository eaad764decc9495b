"""What the bus and the jobs thread post."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Started:
    """The first message after boot: services resume what the ledger says was in the middle."""


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """A handler raised; its transaction was rolled back as a whole and nothing left."""

    message: object
    error: Exception


@dataclass(frozen=True, slots=True)
class JobDone:
    """A job of the jobs thread ended: `result` or, when it raised, `error`."""

    job: str
    result: object = None
    error: Exception | None = None
