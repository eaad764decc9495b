"""The owner's account: a PIN on paper, asked for at the page by who has set up the box, and the account taken away.

    account.pin ──► hashed ──► kept ──► slip queued ──► printed: done
                                                    └── lost: void, failed

Kept before it is printed: a paper never bears a PIN that opens nothing. What was there before lies beside it until the
paper is there, and is put back where it is lost. A start voids a slip that waits, as its command has ended by then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from edge.bus import Bus
from edge.clock import iso_ms
from edge.errors import DiskFull
from edge.messages import JobDone, Outcome, PrinterState, PrinterStatus, PrintOutcome, Started, WorkQueued
from edge.model.account import Role, is_own
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.records import PrintEnded
from edge.model.set_up_slip import new_pin, set_up_slip
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.spoken_manner import manner_of
from edge.services.technician import HashedPin, KeepAccount, SlipText

PIN, REMOVE = "account.pin", "account.remove"
OWNER = Role.OWNER.value
FORMER = "owner.former"
"""In the accounts, while a slip is on its way: the owner's document before it; empty: there was none."""
_HASH = "owner.hash "
_SLIP = "owner.slip"
"""In `meta`: "{print job} {cid}" of the newest slip; empty once nobody waits for it."""


@dataclass(frozen=True, slots=True)
class AccountGone:
    """A message of its own: the owner's account is taken away, and the command answered."""

    cid: str


@dataclass(frozen=True, slots=True)
class OwnerSlipLost:
    """An effect: nobody can read the PIN that is kept for the owner."""


@dataclass(frozen=True, slots=True)
class OwnerSlipThere:
    """A message of its own: somebody can read the PIN of this print job."""

    job: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """`keep`, `put` and `forget` write, and raise DiskFull; `get` is a document as it was put."""

    keep: Callable[[KeepAccount], object]
    forget: Callable[[str], object]
    get: Callable[[str], Any]
    put: Callable[[str, Any], object]


class OwnerPin:
    """`printer` is the settings name of the receipt printer; `hashed` is Argon2id, on the jobs thread."""

    def __init__(
        self, bus: Bus, text: SlipText, accounts: Accounts, *, chance: Random, printer: str | None,
        hashed: Callable[[str], str], run: Callable[[str, Callable[[], object]], bool],
    ) -> None:  # fmt: skip
        self._text = text
        self._accounts = accounts
        self._chance = chance
        self._printer = printer
        self._hashed = hashed
        self._run = run
        self._silent = False
        bus.on(Started, self._start)
        bus.on(JobDone, self._made)
        bus.on(PrintOutcome, self._printed)
        bus.on(PrintEnded, self._ended)
        bus.on(OwnerSlipLost, self._lost)
        bus.on(OwnerSlipThere, self._there)
        bus.on(AccountGone, self._gone)
        bus.on(PrinterStatus, self._status)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return {PIN: self._pin, REMOVE: self._remove}

    def _pin(self, ordered: Ordered, tx: Transaction) -> Answered:
        if self._printer is None:
            return Answered(ordered.cid, "rejected", "cmd.unsupported", "the settings name no receipt printer")
        pin = new_pin(self._chance)
        if not self._run(f"{_HASH}{ordered.cid}", lambda: HashedPin(pin, self._hashed(pin))):
            return Answered(ordered.cid, "failed", "cmd.busy", "too many jobs wait")
        return Answered(ordered.cid, "accepted")

    def _made(self, done: JobDone, tx: Transaction) -> None:
        if not done.job.startswith(_HASH):
            return
        cid, made = done.job.removeprefix(_HASH), done.result
        if not isinstance(made, HashedPin):
            tx.after_commit(Answered(cid, "failed", "internal", str(done.error)[:256]))
            return
        try:
            if not tx.get(_SLIP):
                self._accounts.put(FORMER, self._accounts.get(OWNER) or {})
            self._accounts.keep(KeepAccount(OWNER, made.hash, iso_ms(tx.stamp.at)))
        except DiskFull as error:
            tx.after_commit(Answered(cid, "failed", "store.full", str(error)[:256]))
            return
        self._void_waiting("another PIN was asked for", tx)
        text, language = self._text, manner_of(tx, self._text.language).language
        slip = set_up_slip(
            tid=text.tid, store=text.store, ways=text.ways(), pin=made.pin, language=language, role=Role.OWNER
        )
        job = tx.new_id()
        tx.print_jobs.queue(PrintJob(job, of=job, copy_no=0, state=EffectState.QUEUED, slip=slip))
        tx.put(_SLIP, f"{job} {cid}")
        tx.after_commit(WorkQueued())

    def _void_waiting(self, why: str, tx: Transaction) -> bool:
        """A slip that is in the queue still is not printed: whether there was one."""
        job, _, cid = (tx.get(_SLIP) or "").partition(" ")
        waiting = tx.print_jobs.find(job)
        if waiting is None or waiting.state is not EffectState.QUEUED:
            return False
        tx.print_jobs.move(job, EffectState.EXPIRED, why)
        tx.put(_SLIP, "")
        tx.after_commit(Answered(cid, "failed", "cmd.busy", why))
        return True

    # --- what became of the paper ----------------------------------------------------------------------------------

    def _printed(self, ended: PrintOutcome, tx: Transaction) -> None:
        job, _, cid = (tx.get(_SLIP) or "").partition(" ")
        if job == ended.job and ended.outcome is Outcome.DONE:
            tx.after_commit(Answered(cid, "done"))
            tx.after_commit(OwnerSlipThere(job))

    def _ended(self, ended: PrintEnded, tx: Transaction) -> None:
        """UNKNOWN or FAILED. Of a printer that never answers every paper ends so: whoever has the slip may use it."""
        job, _, cid = (tx.get(_SLIP) or "").partition(" ")
        if job != ended.job:
            return
        tx.after_commit(Answered(cid, "failed", "cmd.outcome_unknown", ended.reason or ended.outcome))
        if self._silent and ended.outcome == EffectState.UNKNOWN:
            tx.after_commit(OwnerSlipThere(job))
        else:
            tx.put(_SLIP, "")
            tx.after_commit(OwnerSlipLost())

    def _start(self, _: Started, tx: Transaction) -> None:
        job = (tx.get(_SLIP) or "").partition(" ")[0]
        found = tx.print_jobs.find(job) if job else None
        if self._void_waiting("the terminal started anew", tx):
            tx.after_commit(OwnerSlipLost())
        elif found is not None and found.state is EffectState.DONE:
            tx.after_commit(OwnerSlipThere(job))
        elif not job and self._accounts.get(FORMER) is not None:  # the power went before the slip was queued
            tx.after_commit(OwnerSlipLost())

    def _lost(self, _: OwnerSlipLost, tx: Transaction) -> None:
        """Who read the PIN before the paper was given up has chosen a password by it."""
        if not is_own(self._accounts.get(OWNER)):
            former = self._accounts.get(FORMER)
            self._accounts.put(OWNER, former) if former else self._accounts.forget(OWNER)
        self._accounts.forget(FORMER)

    def _there(self, there: OwnerSlipThere, tx: Transaction) -> None:
        if (tx.get(_SLIP) or "").partition(" ")[0] == there.job:
            self._accounts.forget(FORMER)
            tx.put(_SLIP, "")

    def _status(self, status: PrinterStatus, tx: Transaction) -> None:
        if status.device == self._printer:
            self._silent = status.state is PrinterState.UNKNOWN

    # --- taken away ------------------------------------------------------------------------------------------------

    def _remove(self, ordered: Ordered, tx: Transaction) -> Answered:
        self._void_waiting("the account was taken away", tx)
        tx.after_commit(AccountGone(ordered.cid))
        return Answered(ordered.cid, "accepted")

    def _gone(self, gone: AccountGone, tx: Transaction) -> None:
        try:
            for name in (OWNER, FORMER):
                self._accounts.forget(name)
        except DiskFull as error:
            tx.after_commit(Answered(gone.cid, "failed", "store.full", str(error)[:256]))
        else:
            tx.after_commit(Answered(gone.cid, "done"))
