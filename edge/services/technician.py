"""The technician's PIN: made once, printed on paper, kept only as an Argon2id hash (contract C33, C34)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from edge.bus import Bus
from edge.clock import iso_ms
from edge.messages import JobDone, Started, WorkQueued
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.set_up_slip import new_pin, set_up_slip
from edge.ports import Transaction

ACCOUNT = "technician"
_HASH = "technician.hash"


@dataclass(frozen=True, slots=True)
class KeepAccount:
    """An effect: put this account into the documents, after its slip is a committed print job."""

    name: str
    hash: str
    made_at: str


@dataclass(frozen=True, slots=True)
class SlipText:
    tid: str
    store: str
    page: str
    language: str


class Technician:
    """`known` tells whether there is an account already; `hashed` is Argon2id, on the jobs thread.

    A cut between slip and account makes a new PIN at the next boot: the newest slip is the one that counts.
    """

    def __init__(
        self, bus: Bus, slip: SlipText, *, chance: Random, known: Callable[[str], bool],
        hashed: Callable[[str], str], run: Callable[[str, Callable[[], object]], bool],
    ) -> None:  # fmt: skip
        self._slip = slip
        self._chance = chance
        self._known = known
        self._hashed = hashed
        self._run = run
        self._pin = ""
        bus.on(Started, self._start)
        bus.on(JobDone, self._made)
        bus.on(KeepAccount, self._kept)

    def _start(self, _: Started, tx: Transaction) -> None:
        if not self._known(ACCOUNT):
            pin = self._pin = new_pin(self._chance)
            self._run(_HASH, lambda: self._hashed(pin))

    def _made(self, done: JobDone, tx: Transaction) -> None:
        if done.job != _HASH or not isinstance(done.result, str):
            return
        text = self._slip
        slip = set_up_slip(tid=text.tid, store=text.store, page=text.page, pin=self._pin, language=text.language)
        job = tx.new_id()
        tx.print_jobs.queue(PrintJob(job, of=job, copy_no=0, state=EffectState.QUEUED, slip=slip))
        tx.after_commit(KeepAccount(ACCOUNT, done.result, iso_ms(tx.stamp.at)))
        tx.after_commit(WorkQueued())

    def _kept(self, _: KeepAccount, tx: Transaction) -> None:
        self._pin = ""
