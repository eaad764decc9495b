"""Rows of the ledger as services see them: where a record stands, jobs and pulses, what goes to the cloud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from edge.model.money import Fen
from edge.model.records import Stream
from edge.model.sale import Sale
from edge.model.slip import Slip


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command as it is kept: how it stands, why it was not done, who gave it at the page, when it came (ISO 8601)."""

    cid: str
    type: str
    state: str
    code: str
    why: str
    given_by: str
    at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a record came to stand in the journal."""

    n: int
    stream: Stream
    seq: int
    id: str


class EffectState(StrEnum):
    """States of print jobs and drawer kicks; which of them a boot changes to what, decisions 1."""

    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    DONE = "done"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EXPIRED = "expired"


LAST_PAPER = "paper.last"
"""Under this key of `meta`: `of` of the paper that the reprint card prints; empty: the last sale's."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """`of` is the id of the sale, of another record, or the job's own, where it is printed once and never again: a
    secret. `copy_no` 0 is the original. `slip` None: it is rendered from the sale `of`. EXPIRED: nobody asked for it.
    """

    id: str
    of: str
    copy_no: int
    state: EffectState
    slip: Slip | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DrawerKick:
    id: str
    why: str
    state: EffectState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CompletedSale:
    """A sale as the sales projection has it; `n` is its journal number."""

    n: int
    receipt: str
    business_day: date
    till: str
    at: str
    sale: Sale
    owes: Fen | None = None
    """What its customer owed after it, where it touched a tab."""


@dataclass(frozen=True, slots=True)
class OpenShift:
    """Who answers for the drawer now. `by_itself`: the first sale opened it, and nobody counted the float."""

    id: str
    opened_at: str
    business_day: date
    till: str
    float: Fen
    by_itself: bool


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A Z report that was made; `last_no` is the number of its last receipt within the business day, 0: none."""

    no: int
    business_day: date
    last_no: int


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One journal row as it goes over the wire; `body` is compact JSON text."""

    seq: int
    id: str
    type: str
    sv: int
    at: str
    boot: int
    up: int
    clk: str
    body: str


@dataclass(frozen=True, slots=True)
class Position:
    """Of one stream in the current epoch."""

    head: int
    acked: int


@dataclass(frozen=True, slots=True)
class ResendOrder:
    rid: str
    stream: Stream
    epoch: str
    lo: int
    hi: int
