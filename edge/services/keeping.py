"""A shop kept and moved, as the page orders it: backup, restore, a bundle for whoever helps, and erasing all.

    backup.make ──► jobs thread ──► ready, for an hour ──► backup.safe: what money and custody it holds is noted
    restore.look ──► jobs thread ──► ready │ refused      restore.go ──► nobody is served ──► armed ──► planned stop
    box.erase ──► nobody is served, nothing unsaved or in custody ──► certificate on paper ──► marked ──► planned stop
                                                                      └── marked it could not be: a paper that says so

The next start does what was armed or marked, before it reads anything (`edge/keeping.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.wire_command import RESTART
from edge.errors import DiskFull, FileRefused, StoreError
from edge.messages import JobDone, Outcome, PrintOutcome, Say, Started, Tone, WorkQueued
from edge.model.backup import FoundBackup, Keeping, MadeBackup, Secret, Stage, saved_mark
from edge.model.erase_slip import Erasure, erase_slip, void_slip
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.parcel import HERE
from edge.model.records import Stream
from edge.model.slip import Slip
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.restarting import SPOKEN_S, StopNow, is_idle
from edge.services.slips import local_time
from edge.services.spoken_manner import manner_of

MAKE, SAFE, LOOK, GO, ERASE = "backup.make", "backup.safe", "restore.look", "restore.go", "box.erase"
BUNDLE = "bundle.make"
KEPT_S = 3_600.0
"""So long a backup waits to be fetched: somebody went to find a stick."""
PAPER_S = 60.0
"""So long a certificate may take to be on paper."""
ANSWER_S = 0.5
"""From what was armed to the stop: the page gets its answer, and nobody can sell anything in between."""
SAVED = "backup.saved"
"""In `meta`: the mark of the newest backup of which a person has said that it lies elsewhere, too."""
_SLIP = "erase.slip"
"""In `meta`: "{print job} {cid}" of the certificate of a box that is to forget everything; empty: of none."""
SERVED, BUSY = "somebody is served at the counter", "another is on its way"
CUSTODY = "a parcel is here, or a sale was set aside"
_log = logging.getLogger("edge.store")


@dataclass(frozen=True, slots=True)
class KeptLongEnough:
    """A timer: the backup that was ready `serial` times ago is not kept any longer."""

    serial: int


@dataclass(frozen=True, slots=True)
class ArmNow:
    """A message of its own: what the next start does is on the disk before anything is told of it."""

    cid: str
    number: str = ""
    """Of the certificate, where all is erased."""
    id: str = ""
    """Of the backup, where one is put in."""


@dataclass(frozen=True, slots=True)
class CertificateDue:
    """A timer: the certificate of this command is not on paper."""

    cid: str


@dataclass(frozen=True, slots=True)
class StopDue:
    """A timer: it was announced, and now it is done."""


@dataclass(frozen=True, slots=True)
class KeepWays:
    """What is done on the jobs thread, and what a start is told to do. Each raises StoreError.

    `make` tells how many percent it has; `arm` takes the id that was looked at. `look` alone is called by the
    dispatcher: it begins that job on a file that was brought, which it removes, or on one of a stick; it ends with a
    FoundBackup or FileRefused, too. False: too many wait.
    """

    make: Callable[[Secret, Callable[[int], None]], MadeBackup]
    drop: Callable[[], None]
    look: Callable[[str, Secret, str], bool]
    arm: Callable[[str], None]
    erase: Callable[[str], None]
    bundle: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class KeepText:
    """`printer`: whether the shop has one."""

    tid: str
    shop: str
    zone: ZoneInfo
    language: str
    printer: bool


class ShopKeeping:
    def __init__(
        self, bus: Bus, ways: KeepWays, text: KeepText, *, run: Callable[[str, Callable[[], object]], bool]
    ) -> None:
        self._bus = bus
        self._ways = ways
        self._text = text
        self._run = run
        self._state = Keeping()
        self._percent = 0
        self._serial = 0
        self._hand: dict[str, str] = {}
        """Job at hand → the cid of its command."""
        self._going = ""
        """The cid of what will have the box start as another one."""
        bus.on(Started, self._start)
        bus.on(JobDone, self._done)
        bus.on(KeptLongEnough, self._drop)
        bus.on(ArmNow, self._arm)
        bus.on(PrintOutcome, self._printed)
        bus.on(CertificateDue, self._unprinted)
        bus.on(StopDue, lambda _, tx: tx.after_commit(StopNow(RESTART)))

    def state(self) -> Keeping:
        """Asked by any thread."""
        return replace(self._state, percent=self._percent)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return {
            MAKE: self._make, SAFE: self._safe, LOOK: self._look, GO: self._go, ERASE: self._erase,
            BUNDLE: self._bundle,
        }  # fmt: skip

    # --- on the jobs thread ----------------------------------------------------------------------------------------

    def _make(self, ordered: Ordered, tx: Transaction) -> Answered:
        password: Secret = ordered.args["password"]

        def work() -> MadeBackup:
            return self._ways.make(password, self._advance)

        self._percent = 0
        state = replace(self._state, backup=Stage.RUNNING, made=None, is_safe=False, backup_why="")
        return self._begin(ordered, lambda job: self._run(job, work), state)

    def _safe(self, ordered: Ordered, tx: Transaction) -> Answered:
        """`sha256`: of the backup that whoever says so has seen. Their word: no box knows what a phone keeps."""
        made = self._state.made
        if made is None or made.sha256 != ordered.args["sha256"]:
            return Answered(ordered.cid, "failed", "cmd.busy", "this backup is kept no longer")
        tx.put(SAVED, made.saved)
        self._state = replace(self._state, is_safe=True)
        return Answered(ordered.cid, "done")

    def _look(self, ordered: Ordered, tx: Transaction) -> Answered:
        password, path = ordered.args["password"], str(ordered.args["path"])
        state = replace(self._state, restore=Stage.RUNNING, looking=path, found=None, restore_why="")
        return self._begin(ordered, lambda job: self._ways.look(job, password, path), state)

    def _bundle(self, ordered: Ordered, tx: Transaction) -> Answered:
        state = replace(self._state, bundle=Stage.RUNNING)
        return self._begin(ordered, lambda job: self._run(job, lambda: self._ways.bundle(ordered.cid)), state)

    def _begin(self, ordered: Ordered, begun: Callable[[str], bool], state: Keeping) -> Answered:
        is_free = ordered.type not in self._hand and not self._state.is_armed and not self._going
        if not is_free or not begun(f"keep.{ordered.type}"):
            return Answered(ordered.cid, "failed", "cmd.busy", BUSY)
        self._hand[ordered.type] = ordered.cid
        self._state = state
        return Answered(ordered.cid, "accepted")

    def _advance(self, percent: int) -> None:
        self._percent = percent

    def _done(self, done: JobDone, tx: Transaction) -> None:
        kind = done.job.removeprefix("keep.")
        cid = self._hand.pop(kind, "")
        if not cid:
            return
        why = "" if done.error is None else done.error.code if isinstance(done.error, FileRefused) else "internal"
        got = done.error.got if isinstance(done.error, FileRefused) else ""
        match kind, done.result:
            case "backup.make", MadeBackup() as made:
                self._state = replace(self._state, backup=Stage.READY, made=made)
                self._serial += 1
                self._bus.after(KEPT_S, KeptLongEnough(self._serial))
            case "backup.make", _:
                self._state = replace(self._state, backup=Stage.FAILED, backup_why=why)
            case "restore.look", FoundBackup() as found:
                self._state = replace(self._state, restore=Stage.READY, looking="", found=found)
            case "restore.look", _:
                self._state = replace(self._state, restore=Stage.FAILED, looking="", restore_why=why, restore_got=got)
            case _, str() as path:
                self._state = replace(self._state, bundle=Stage.READY, bundle_path=path)
            case _:
                self._state = replace(self._state, bundle=Stage.FAILED)
        if done.error is not None:
            _log.warning("%s: %s", kind, done.error)
            code = "store.full" if isinstance(done.error, DiskFull) or why == "room" else "internal"
            tx.after_commit(Answered(cid, "failed", code, str(done.error)[:256]))
        else:
            tx.after_commit(Answered(cid, "done"))

    def _drop(self, kept: KeptLongEnough, tx: Transaction) -> None:
        if kept.serial == self._serial and "backup.make" not in self._hand:
            self._state = replace(self._state, backup=Stage.NONE, made=None, is_safe=False)
            self._run("keep.drop", self._ways.drop)

    # --- another box -----------------------------------------------------------------------------------------------

    def _go(self, ordered: Ordered, tx: Transaction) -> Answered:
        """`id`: of the backup that was shown to whoever says so."""
        found = self._state.found
        if found is None or found.id != ordered.args["id"]:
            return Answered(ordered.cid, "failed", "cmd.busy", "another backup was looked at meanwhile")
        if (cannot := self._cannot(ordered, tx)) is not None:
            return cannot
        return self._announce(ArmNow(ordered.cid, id=found.id), tx)

    def _announce(self, arm: ArmNow, tx: Transaction) -> Answered:
        self._going = arm.cid
        tx.put(_SLIP, "")
        tx.after_commit(Say("sys.restart", Tone.ALARM))
        self._bus.after(SPOKEN_S, arm)
        return Answered(arm.cid, "accepted")

    def _erase(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Its certificate first: paper cannot be printed by a box that has forgotten its printer."""
        if (cannot := self._cannot(ordered, tx)) is not None:
            return cannot
        if in_custody(tx):
            return Answered(ordered.cid, "failed", "cmd.busy", CUSTODY)
        text, number = self._text, _number(ordered.cid)
        if not text.printer:
            return self._announce(ArmNow(ordered.cid, number), tx)
        rows = sum(tx.outbox.position(stream).head for stream in Stream)
        erasure = Erasure(number, text.tid, text.shop, rows, is_sent=not unsent(tx))
        now, language = self._manner(tx)
        job = _queue(erase_slip(erasure, now=now, language=language), tx)
        tx.put(_SLIP, f"{job} {ordered.cid}")
        self._going = ordered.cid
        self._bus.after(PAPER_S, CertificateDue(ordered.cid))
        return Answered(ordered.cid, "accepted")

    def _cannot(self, ordered: Ordered, tx: Transaction) -> Answered | None:
        """None: nobody is served, and nothing would be lost."""
        if self._state.is_armed or self._going or self._hand:
            return Answered(ordered.cid, "failed", "cmd.busy", BUSY)
        if unsaved(tx):
            return Answered(ordered.cid, "rejected", "auth.denied", "sales or parcels are neither sent nor in a backup")
        return None if is_idle(tx) else Answered(ordered.cid, "failed", "cmd.busy", SERVED)

    def _printed(self, ended: PrintOutcome, tx: Transaction) -> None:
        """What is on paper is made true at once, or taken back by another one. A silent printer's papers all end as
        unknown: it was sent as a whole, and may well be there.
        """
        job, _, cid = (tx.get(_SLIP) or "").partition(" ")
        if ended.job != job or not cid or ended.outcome is Outcome.NOT_STARTED:
            return
        if ended.outcome is Outcome.FAILED:
            self._give_up(cid, "the certificate could not be printed", tx)
        else:
            tx.put(_SLIP, "")
            self._carry_out(ArmNow(cid, _number(cid)), tx, paper=job)

    def _unprinted(self, due: CertificateDue, tx: Transaction) -> None:
        job, _, cid = (tx.get(_SLIP) or "").partition(" ")
        found = tx.print_jobs.find(job)
        if cid != due.cid or found is None:
            return
        if found.state is EffectState.SENDING:
            self._bus.after(PAPER_S, due)  # it may come back as not begun
        elif found.state is EffectState.QUEUED:
            tx.print_jobs.move(job, EffectState.FAILED, "nothing was erased")
            self._give_up(cid, "the printer has not printed the certificate", tx)

    def _start(self, started: Started, tx: Transaction) -> None:
        """Its command ended with the power: a certificate must not come out of a box that has forgotten nothing. One
        that may be out is taken back.
        """
        job, _, cid = (tx.get(_SLIP) or "").partition(" ")
        found = tx.print_jobs.find(job) if job else None
        if found is not None and found.state is EffectState.QUEUED:
            tx.print_jobs.move(job, EffectState.EXPIRED, "the terminal started anew: nothing was erased")
        elif found is not None:
            self._take_back(_number(cid), tx)
        if job:
            tx.put(_SLIP, "")

    def _give_up(self, cid: str, why: str, tx: Transaction) -> None:
        self._going = ""
        tx.put(_SLIP, "")
        tx.after_commit(Answered(cid, "failed", "hw.printer_paper", why))

    def _arm(self, arm: ArmNow, tx: Transaction) -> None:
        self._carry_out(arm, tx)

    def _carry_out(self, arm: ArmNow, tx: Transaction, *, paper: str = "") -> None:
        """Looked at once more: a customer may have come while it was announced. `paper`: the job of a certificate that
        is out.
        """
        self._going = ""
        if (refused := self._refused(arm, tx, paper)) is not None:
            tx.after_commit(refused)
            if paper:
                self._take_back(arm.number, tx)
            return
        self._state = replace(self._state, is_armed=True)
        if paper:
            tx.after_commit(Say("sys.restart", Tone.ALARM))
        tx.after_commit(Answered(arm.cid, "done", out={"number": arm.number}))
        self._bus.after(ANSWER_S, StopDue())

    def _refused(self, arm: ArmNow, tx: Transaction, paper: str) -> Answered | None:
        """None: it is on the disk what the next start does."""
        found = self._state.found
        if not is_idle(tx, but=paper) or unsaved(tx):
            return Answered(arm.cid, "failed", "cmd.busy", SERVED)
        if self._hand or (arm.id and (found is None or found.id != arm.id)):
            return Answered(arm.cid, "failed", "cmd.busy", BUSY)
        if arm.number and in_custody(tx):
            return Answered(arm.cid, "failed", "cmd.busy", CUSTODY)
        try:
            self._ways.erase(arm.number) if arm.number else self._ways.arm(arm.id)
        except StoreError as error:
            return Answered(arm.cid, "failed", "store.full", str(error)[:256])
        return None

    def _take_back(self, number: str, tx: Transaction) -> None:
        now, language = self._manner(tx)
        _queue(void_slip(number, tid=self._text.tid, now=now, language=language), tx)

    def _manner(self, tx: Transaction) -> tuple[str, str]:
        """Time and language of a paper."""
        return local_time(tx.stamp.at, self._text.zone), manner_of(tx, self._text.language).language


def _number(cid: str) -> str:
    """Of the certificate."""
    return cid[-12:].upper()


def _queue(slip: Slip, tx: Transaction) -> str:
    job = tx.new_id()
    tx.print_jobs.queue(PrintJob(job, of=job, copy_no=0, state=EffectState.QUEUED, slip=slip))
    tx.after_commit(WorkQueued())
    return job


def in_custody(tx: Transaction) -> bool:
    """Whether goods or parcels of others lie here, of which an empty box would know nothing."""
    return bool(tx.parcels.in_state(HERE) or tx.held.numbers() or tx.held.damaged())


def unsent(tx: Transaction) -> int:
    """Rows of money and custody that the cloud lacks."""
    positions = [tx.outbox.position(stream) for stream in (Stream.TX, Stream.PK)]
    return sum(position.head - position.acked for position in positions)


def unsaved(tx: Transaction) -> bool:
    """Whether something of money or custody is on this box alone."""
    heads = [tx.outbox.position(stream).head for stream in (Stream.TX, Stream.PK)]
    return bool(unsent(tx)) and tx.get(SAVED) != saved_mark(tx.outbox.epoch, *heads)
