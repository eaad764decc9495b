"""The box's own Wi-Fi: raised where nobody could reach a new box else, and by a technician (product row 102).

    Started ──► look, every 15 s ──► no network for 45 s ──► key kept ──► raised ──► slip printed
                    │                                                       └── refused: the next look tries again
                    └── what it is for is done, or its half hour over ──► taken down, key forgotten

A box that is set up has no look at all, but for the half hour of a hotspot that its technician wanted. Key and course
lie in `meta` of the ledger: after a power cut a new box has the Wi-Fi that its slip tells of.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol

from edge.bus import Bus
from edge.errors import NetworkRefused
from edge.messages import Confirmed, JobDone, Started, WorkQueued
from edge.model.counter import Verb
from edge.model.hotspot import BY_HAND_S, LEAVES_S, Course, Step, hotspot_of, is_there, new_key, next_step
from edge.model.hotspot_slip import hotspot_slip, trial_slip
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.network import Hotspot, Network
from edge.model.set_up_slip import PageWays
from edge.model.slip import Slip
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.networking import JOB as SETTINGS_JOB
from edge.services.spoken_manner import manner_of

RAISE, DROP = "hotspot.raise", "hotspot.drop"
LOOK_S = 15.0
SOON_S = 6.0
"""As of other settings: the page that asks must have its answer before its line may go."""
SLIPS_A_START = 2
"""A printer that loses every slip must not use up its roll on them."""
KEY, _FIRST, _UNTIL, _SLIP = "hotspot.key", "hotspot.first", "hotspot.until", "hotspot.slip"
"""In `meta`: its key; "1" while it is `Course.is_first`; "{boot} {seconds since}" of one by hand; its print job."""
NETWORK_PAGE = "/network"
_LOOK, _RAISE, _DROP = "hotspot look", "hotspot raise ", "hotspot drop "

_log = logging.getLogger("edge.hotspot")


class Radio(Protocol):
    """`look`: see `network.DbusNetwork`; the others raise NetworkRefused, and take up to half a minute."""

    def look(self, up_ms: int) -> Network | None: ...
    def raise_hotspot(self, wanted: Hotspot) -> None: ...
    def drop_hotspot(self) -> None: ...


@dataclass(frozen=True, slots=True)
class HotspotParts:
    """`is_new`: nobody has ever chosen a password. `url` of the page in the hotspot. `printer`: the shop has one; else
    the page tells the key.
    """

    tid: str
    language: str
    address: str
    url: str
    chance: Random
    ways: Callable[[], PageWays]
    """Where the page is else."""
    is_new: Callable[[], bool]
    up_ms: Callable[[], int]
    printer: bool


@dataclass(frozen=True, slots=True)
class LookAround:
    """A timer."""


@dataclass(frozen=True, slots=True)
class RaiseNow:
    """A message of its own, after the key is kept: nobody could join a Wi-Fi whose key is lost. `cid`: empty, where
    nobody asked.
    """

    wanted: Hotspot
    cid: str = ""


@dataclass(frozen=True, slots=True)
class DropNow:
    cid: str = ""


class HotspotWatch:
    """`run`: on the thread of the network's changes, so that none of them meets another."""

    def __init__(
        self, bus: Bus, radio: Radio, parts: HotspotParts, run: Callable[[str, Callable[[], object]], bool]
    ) -> None:
        self._bus = bus
        self._radio = radio
        self._parts = parts
        self._run = run
        self._seen: Hotspot | None = None
        self._waits = False
        self._alone_mono: float | None = None
        self._served_mono: float | None = None
        self._slips = 0
        self._refused = ""
        self._is_told = False
        bus.on(Started, self._start)
        bus.on(LookAround, self._look_around)
        bus.on(RaiseNow, lambda now, tx: self._begin(_RAISE, now.cid, lambda: self._raise(now.wanted), tx))
        bus.on(DropNow, lambda now, tx: self._begin(_DROP, now.cid, radio.drop_hotspot, tx))
        bus.on(JobDone, self._done)
        bus.on(Confirmed, self._confirmed)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return {RAISE: self._raise_by_hand, DROP: self._drop_by_hand}

    @property
    def is_up(self) -> bool:
        """As of the last look; from any thread."""
        return self._seen is not None

    # --- by hand -----------------------------------------------------------------------------------------------------

    def _raise_by_hand(self, ordered: Ordered, tx: Transaction) -> Answered:
        """For half an hour, with a key of its own; one that is there, or comes up, stays so long, and keeps its key."""
        is_coming = bool(tx.get(KEY)) and (bool(tx.get(_FIRST)) or self._is_by_hand(tx))
        tx.put(_UNTIL, f"{tx.stamp.boot} {tx.stamp.up_ms // 1000 + BY_HAND_S}")
        if self._seen is not None:
            return Answered(ordered.cid, "done")
        if not is_coming:
            self._void_slip(tx)
            self._slips = 0
            tx.put(KEY, new_key(self._parts.chance))
        self._bus.after(SOON_S, RaiseNow(self._hotspot(tx), ordered.cid))
        return Answered(ordered.cid, "accepted")

    def _drop_by_hand(self, ordered: Ordered, tx: Transaction) -> Answered:
        self._bus.after(SOON_S, DropNow(ordered.cid))
        return Answered(ordered.cid, "accepted")

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """The owner wants the technician's slip anew, and the hotspot's belongs to it."""
        if confirmed.verb is Verb.TECHNICIAN_PIN and self._seen is not None and self._can_print(self._seen):
            self._print(self._seen, tx)

    # --- by itself ---------------------------------------------------------------------------------------------------

    def _start(self, _: Started, tx: Transaction) -> None:
        self._alone_mono = tx.stamp.mono
        if self._is_open(tx) or tx.get(KEY):
            self._look()

    def _look_around(self, _: LookAround, tx: Transaction) -> None:
        self._waits = False
        self._look()

    def _look(self) -> None:
        if not self._run(_LOOK, lambda: self._radio.look(self._parts.up_ms())):
            self._look_again()

    def _look_again(self) -> None:
        if not self._waits:
            self._waits = True
            self._bus.after(LOOK_S, LookAround())

    def _looked(self, network: Network | None, tx: Transaction) -> None:
        """None: nothing here tells of a network; something may, in a moment."""
        if network is not None:
            self._seen = network.hotspot
            self._take(next_step(network, self._course(network, tx), self._parts.address), tx)
            self._tell_where(network, tx)
            seen, is_due = self._seen, not self._has_slip(tx) and self._slips < SLIPS_A_START
            if seen is not None and is_due and self._can_print(seen):
                self._slips += 1
                self._print(seen, tx)
        if self._is_open(tx) or tx.get(KEY):
            self._look_again()

    def _is_open(self, tx: Transaction) -> bool:
        """Whether there is, or may have to be, a hotspot."""
        return self._parts.is_new() or self._seen is not None or bool(tx.get(_FIRST) or tx.get(_UNTIL))

    def _tell_where(self, network: Network, tx: Transaction) -> None:
        """A trial that took the hotspot down: who began it has lost the page, and a minute and a half to find it."""
        trial = network.trial
        if trial is None or network.hotspot is not None or not tx.get(KEY):
            self._is_told = False
            return
        tried = next((one for one in network.interfaces if one.name == trial.interface and is_there(network)), None)
        if tried is not None and not self._is_told and self._parts.printer:
            self._is_told = True
            self._queue(trial_slip(tried.ssid, self._parts.ways(), NETWORK_PAGE, language=self._language(tx)), tx)

    def _course(self, network: Network, tx: Transaction) -> Course:
        """And what is over is over for good. A network that is on trial may be gone in a moment."""
        now, is_new, by_hand = tx.stamp.mono, self._parts.is_new(), self._is_by_hand(tx)
        there = is_there(network)
        self._alone_mono = None if there else now if self._alone_mono is None else self._alone_mono
        is_served = there and network.trial is None and not is_new
        self._served_mono = None if not is_served else now if self._served_mono is None else self._served_mono
        alone_s = now - self._alone_mono if self._alone_mono is not None else 0.0
        served_s = now - self._served_mono if self._served_mono is not None else 0.0
        if tx.get(_FIRST) and not is_new and (served_s >= LEAVES_S or tx.sales.last() is not None):
            tx.put(_FIRST, "")
        if tx.get(_UNTIL) and not by_hand and self._seen is None:
            tx.put(_UNTIL, "")
        return Course(is_new, bool(tx.get(_FIRST)), by_hand, alone_s, served_s)

    def _take(self, step: Step, tx: Transaction) -> None:
        if step is Step.RAISE:
            tx.put(_FIRST, "1")
            if not tx.get(KEY):
                tx.put(KEY, new_key(self._parts.chance))
            tx.after_commit(RaiseNow(self._hotspot(tx)))
        elif step is Step.DROP or (tx.get(KEY) and not self._is_open(tx)):  # or it gave way to a Wi-Fi that was kept
            tx.after_commit(DropNow())

    # --- what became of it -------------------------------------------------------------------------------------------

    def _raise(self, wanted: Hotspot) -> None:
        """One that is there already stays: whoever is in it would be thrown out for nothing."""
        network = self._radio.look(self._parts.up_ms())
        if network is None or network.hotspot is None:
            self._radio.raise_hotspot(wanted)

    def _begin(self, job: str, cid: str, work: Callable[[], object], tx: Transaction) -> None:
        """A refused one that nobody asked for is tried again by the next look."""
        if not self._run(f"{job}{cid}", work) and cid:
            tx.after_commit(Answered(cid, "failed", "cmd.busy", "too many jobs wait"))

    def _done(self, done: JobDone, tx: Transaction) -> None:
        if done.job.startswith(SETTINGS_JOB) and tx.get(KEY):
            self._look()
        elif done.job == _LOOK:
            self._looked(done.result if isinstance(done.result, Network) else None, tx)
        elif done.job.startswith(_RAISE):
            self._raised(done.job.removeprefix(_RAISE), done.error, tx)
        elif done.job.startswith(_DROP):
            self._dropped(done.job.removeprefix(_DROP), done.error, tx)

    def _raised(self, cid: str, error: Exception | None, tx: Transaction) -> None:
        if error is None:
            _log.info("the hotspot %s is up", self._hotspot(tx).ssid)
            self._look()
        elif cid:
            for name in (_UNTIL, *(() if tx.get(_FIRST) else (KEY,))):
                tx.put(name, "")
        self._answer(cid, error, tx)

    def _dropped(self, cid: str, error: Exception | None, tx: Transaction) -> None:
        """Who turned it off by hand has no use for it, whatever it was raised for."""
        if error is None:
            _log.info("the hotspot is down")
            self._seen = None
            self._void_slip(tx)
            for name in (_UNTIL, KEY, *((_FIRST,) if cid else ())):
                tx.put(name, "")
        self._answer(cid, error, tx)

    def _answer(self, cid: str, error: Exception | None, tx: Transaction) -> None:
        why = str(error) if error is not None else ""
        if why != self._refused:
            self._refused = why
            if why:
                _log.warning("the hotspot is as it was: %s", why)
        if cid and error is None:
            tx.after_commit(Answered(cid, "done"))
        elif cid:
            cause = error.cause if isinstance(error, NetworkRefused) else "failed"
            tx.after_commit(Answered(cid, "failed", "internal", cause))

    def _is_by_hand(self, tx: Transaction) -> bool:
        boot, _, until_s = (tx.get(_UNTIL) or "").partition(" ")
        return bool(boot) and int(boot) == tx.stamp.boot and tx.stamp.up_ms < 1000 * int(until_s)

    def _hotspot(self, tx: Transaction) -> Hotspot:
        return hotspot_of(self._parts.tid, tx.get(KEY) or "", self._parts.address)

    def _has_slip(self, tx: Transaction) -> bool:
        job = tx.print_jobs.find(tx.get(_SLIP) or "")
        return job is not None and job.state not in (EffectState.UNKNOWN, EffectState.FAILED)

    def _void_slip(self, tx: Transaction) -> None:
        """What waits for paper still tells of a key that is over."""
        waiting = tx.print_jobs.find(tx.get(_SLIP) or "")
        if waiting is not None and waiting.state is EffectState.QUEUED:
            tx.print_jobs.move(waiting.id, EffectState.EXPIRED, "the hotspot is over")
        tx.put(_SLIP, "")

    def _can_print(self, hotspot: Hotspot) -> bool:
        """NetworkManager may refuse to tell the key."""
        return self._parts.printer and bool(hotspot.key)

    def _print(self, hotspot: Hotspot, tx: Transaction) -> None:
        parts, language = self._parts, self._language(tx)
        slip = hotspot_slip(hotspot, tid=parts.tid, url=parts.url, language=language, is_new=parts.is_new())
        tx.put(_SLIP, self._queue(slip, tx))

    def _language(self, tx: Transaction) -> str:
        return manner_of(tx, self._parts.language).language

    def _queue(self, slip: Slip, tx: Transaction) -> str:
        """Its print job."""
        job = tx.new_id()
        tx.print_jobs.queue(PrintJob(job, of=job, copy_no=0, state=EffectState.QUEUED, slip=slip))
        tx.after_commit(WorkQueued())
        return job
