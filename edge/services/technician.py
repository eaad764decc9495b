"""The technician's PIN: made once, printed on paper, kept only as an Argon2id hash (contract C33, C34)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from edge.bus import Bus
from edge.clock import iso_ms
from edge.messages import Asked, Confirmed, JobDone, PrinterState, PrinterStatus, Say, Started, WorkQueued
from edge.model.counter import Verb, Waiting
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.records import PrintEnded
from edge.model.set_up_slip import PageWays, new_pin, set_up_slip
from edge.ports import Transaction
from edge.services.basket import question
from edge.services.owner_gate import spend_on_question
from edge.services.spoken_manner import manner_of

ACCOUNT = "technician"
HASH_AGAIN_S = 60.0
"""A hash fails for want of memory; a minute later the boot's rush is over. After that only the next boot tries."""
SLIPS_A_BOOT = 3
"""A printer that loses every slip must not use up its roll on them."""
PRINTED_FINGERPRINT = "technician.fingerprint"
"""In `meta`: of the page's certificate, as it stands on the newest slip."""
_HASH = "technician.hash"
_SLIP = "technician.slip"
"""In `meta`: the print job of the newest set-up slip; empty once its PIN stays valid whatever became of the paper."""

_log = logging.getLogger("edge.technician")


@dataclass(frozen=True, slots=True)
class KeepAccount:
    """An effect: put this account into the documents. Of a printed PIN: its slip is a committed print job by then."""

    name: str
    hash: str
    made_at: str
    own: bool = False
    """Chosen by a person, not printed."""


@dataclass(frozen=True, slots=True)
class SlipLost:
    """An effect: nobody can read the PIN of the account, or the owner wants another: it is forgotten."""

    by_owner: bool = False


@dataclass(frozen=True, slots=True)
class NewPin:
    """An effect: make a PIN, after the old account was forgotten."""


@dataclass(frozen=True, slots=True)
class HashAgain:
    """A timer: the hash failed a minute ago."""


@dataclass(frozen=True, slots=True)
class HashedPin:
    """What the hash job brings. The PIN is in no text of this object: JobDone may come to be logged."""

    pin: str = field(repr=False)
    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SlipText:
    """`ways`: where the page is found when a slip is printed."""

    tid: str
    store: str
    ways: Callable[[], PageWays]
    language: str


class Technician:
    """`known` tells whether there is an account, `chosen` whether a person chose its password, `forget` removes it;
    `hashed` is Argon2id, on the jobs thread.

    The newest slip is the one that counts, and what became of it stands in the ledger:

        printed                              the account stays
        unknown, from a silent `printer`     the account stays: every job of such a printer ends so
        unknown                              forgotten; a new PIN when the printer says that it is ready, or at boot
        failed                               forgotten; a new PIN at the next boot, perhaps for another printer
        cut before the account was kept      there is no account: a new PIN at boot
    """

    def __init__(
        self, bus: Bus, slip: SlipText, *, chance: Random, printer: str | None, known: Callable[[str], bool],
        chosen: Callable[[str], bool],
        forget: Callable[[str], object], hashed: Callable[[str], str],
        run: Callable[[str, Callable[[], object]], bool],
    ) -> None:  # fmt: skip
        self._bus = bus
        self._slip = slip
        self._chance = chance
        self._printer = printer
        self._known = known
        self._chosen = chosen
        self._forget = forget
        self._hashed = hashed
        self._run = run
        self._silent = False
        self._slips = 0
        self._again = False
        bus.on(Started, self._start)
        bus.on(JobDone, self._made)
        bus.on(HashAgain, self._hash_again)
        bus.on(PrintEnded, self._ended)
        bus.on(SlipLost, self._lost)
        bus.on(NewPin, lambda _, __: self._make())
        bus.on(PrinterStatus, self._status)
        bus.on(Asked, self._asked)
        bus.on(Confirmed, self._confirmed)

    def _start(self, _: Started, tx: Transaction) -> None:
        lost = self._slip_state(tx) in (EffectState.UNKNOWN, EffectState.FAILED)
        if lost:
            tx.after_commit(SlipLost())  # the cut may have come before the account was forgotten
        if lost or not self._known(ACCOUNT):
            self._make()

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        """The owner wants a new one, and Enter says that it is the owner who stands here."""
        if asked.verb is not Verb.TECHNICIAN_PIN:
            return
        counter = tx.counter
        if question(counter) is None or counter.verb is asked.verb:
            if spend_on_question(tx) is None:
                return
            tx.keep(replace(counter, waiting=Waiting.CONFIRM, verb=asked.verb, value=0))
        tx.after_commit(question(tx.counter))

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """The old one is void from now on; a slip that a person asks for is printed, however many there were."""
        if confirmed.verb is Verb.TECHNICIAN_PIN:
            self._slips = 0
            tx.after_commit(SlipLost(by_owner=True))
            tx.after_commit(NewPin())
            tx.after_commit(Say("technician.slip"))

    # --- a new PIN -------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        if self._slips >= SLIPS_A_BOOT:
            return
        self._slips += 1
        pin = new_pin(self._chance)
        if not self._run(_HASH, lambda: HashedPin(pin, self._hashed(pin))):
            self._failed("too many jobs wait")

    def _made(self, done: JobDone, tx: Transaction) -> None:
        if done.job != _HASH or self._known(ACCOUNT):
            return
        if not isinstance(done.result, HashedPin):
            self._failed(str(done.error))
            return
        text, made, ways = self._slip, done.result, self._slip.ways()
        language = manner_of(tx, text.language).language
        slip = set_up_slip(tid=text.tid, store=text.store, ways=ways, pin=made.pin, language=language)
        job = tx.new_id()
        tx.print_jobs.queue(PrintJob(job, of=job, copy_no=0, state=EffectState.QUEUED, slip=slip))
        tx.put(_SLIP, job)
        tx.put(PRINTED_FINGERPRINT, ways.fingerprint)
        tx.after_commit(KeepAccount(ACCOUNT, made.hash, iso_ms(tx.stamp.at)))
        tx.after_commit(WorkQueued())

    def _failed(self, why: str) -> None:
        when = "the next boot tries again" if self._again else f"again in {HASH_AGAIN_S:.0f} s"
        _log.error("there is no PIN for the technician's page: %s; %s", why, when)
        if not self._again:
            self._again = True
            self._bus.after(HASH_AGAIN_S, HashAgain())

    def _hash_again(self, _: HashAgain, tx: Transaction) -> None:
        if not self._known(ACCOUNT):
            self._make()

    # --- what became of its slip -----------------------------------------------------------------------------------

    def _slip_state(self, tx: Transaction) -> EffectState | None:
        """None: there was no slip, or its PIN stays valid."""
        job = tx.print_jobs.find(tx.get(_SLIP) or "")
        return job.state if job is not None else None

    def _ended(self, ended: PrintEnded, tx: Transaction) -> None:
        if ended.job != tx.get(_SLIP) or ended.outcome not in (EffectState.UNKNOWN, EffectState.FAILED):
            return
        if self._silent and ended.outcome == EffectState.UNKNOWN:
            tx.put(_SLIP, "")
            return
        _log.warning("the set-up slip is lost (%s): its PIN is void, a new one will be printed", ended.reason)
        tx.after_commit(SlipLost())

    def _lost(self, lost: SlipLost, tx: Transaction) -> None:
        """What somebody has chosen since does not stand on the paper: that the owner alone takes back."""
        if lost.by_owner or not self._chosen(ACCOUNT):
            self._forget(ACCOUNT)

    def _status(self, status: PrinterStatus, tx: Transaction) -> None:
        if status.device != self._printer:
            return
        self._silent = status.state is PrinterState.UNKNOWN
        ready = status.state is PrinterState.READY and not self._known(ACCOUNT)
        if ready and self._slip_state(tx) is EffectState.UNKNOWN:
            self._make()
