"""Doors at the owner's word: owner's card, card 快递取件, the number on the door (product row 60).

    nothing in it      opens at once, for a look; when it is shut `CellCare` judges what is in it
    a parcel in it     asked a second time: Enter hands it out, on the owner's word

What the cloud wants opened is asked here, too (`RemoteDoors`). Each door that opens so is printed and in the journal.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import AskedAtDesk, NumberKeyed, Say, Started, Tone
from edge.model.cell import Cell, CellEvent, CellState, Place
from edge.model.counter import Verb, Waiting, at_rest
from edge.model.door import Content, Door
from edge.model.door_pulse import DoorPulse
from edge.model.ledger_rows import EffectState
from edge.model.parcel import CLAIMABLE, HERE, Parcel
from edge.model.parcel_records import CellChanged
from edge.model.parcel_slip import door_slip
from edge.ports import Transaction
from edge.services.basket import basket_view, question
from edge.services.commands import Answered
from edge.services.door_verdicts import DoorOpened, DoorStuck, DoorUnsure
from edge.services.doors import Doors
from edge.services.handing_out import BY_WORD, OWNER, REMOTE, HandingOut
from edge.services.owner_gate import armed, spend
from edge.services.pickup import is_door
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of

CONFIRM_S = 60.0
"""From the question to the Enter that answers it (row 60)."""
HEARD_S = 1.0
"""An Enter sooner than this was pressed by a hand that had not heard the question."""

_WISH = "door.wish"
"""In `meta`: what is asked at the counter, and until when it can be answered, JSON."""
_SENT = "door.sent"
"""In `meta`: by pulse, [cid, why, whether the cell was free], JSON; of pulses without an end."""

_log = logging.getLogger("edge.parcel")


@dataclass(frozen=True, slots=True)
class Wish:
    """`why`: owner or remote; `by`: whose word it is. `cid` of the command that waits for an answer, and its `reason`.

    `parcel`: what is handed out; empty: the cell is only looked into.
    """

    cell: str
    why: str
    by: str
    parcel: str = ""
    cid: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WishOver:
    """A timer: nobody has said yes."""

    serial: int


class Refusal(StrEnum):
    """Why a door stays shut; the value is the prompt."""

    SILENT = "door.silent"
    IN_USE = "door.in_use"
    IS_OPEN = "door.left"
    COURIER = "door.courier"


class OwnerDoors:
    """Hears of doors after `HandingOut`, which has the parcels, and before `CellCare`."""

    def __init__(self, bus: Bus, doors: Doors, handing_out: HandingOut, *, zone: ZoneInfo, language: str) -> None:
        self._bus = bus
        self._doors = doors
        self._handing_out = handing_out
        self._zone = zone
        self._language = language
        self._serial = 0
        bus.on(Started, lambda _, tx: tx.put(_WISH, "") if tx.get(_WISH) else None)
        bus.on(NumberKeyed, self._keyed)
        bus.on(AskedAtDesk, self._answered)
        bus.on(WishOver, self._over)
        bus.on(DoorOpened, self._opened)
        bus.on(DoorStuck, self._stuck)
        bus.on(DoorUnsure, self._unsure)

    # --- at the counter --------------------------------------------------------------------------------------------

    def _keyed(self, keyed: NumberKeyed, tx: Transaction) -> None:
        """What is refused leaves the card armed: the number may have been a slip of the hand."""
        if tx.counter.waiting is not Waiting.PICKUP or not is_door(keyed.text) or armed(tx) is None:
            return
        place = self._doors.by_door(int(keyed.text))
        if place is None:
            tx.after_commit(Say("door.unknown", Tone.ERROR, words=(("n", keyed.text),)))
            return
        refusal = self.refusal(place, tx)
        if refusal is not None:
            words = () if refusal is Refusal.SILENT else (("n", str(place.door)),)
            tx.after_commit(Say(refusal.value, Tone.ERROR, words=words))
            return
        parcel = self.parcel_in(tx.cells.find(place.id), tx)
        is_booked = parcel is not None and tx.cells.find(place.id).state is not CellState.CHECK
        wish = Wish(place.id, OWNER, spend(tx) or "", parcel.id if parcel is not None and is_booked else "")
        tx.keep(at_rest(tx.counter.sale))
        if wish.parcel:
            self.ask(wish, place, tx)
        else:
            self.open(wish, tx)

    # --- for both --------------------------------------------------------------------------------------------------

    def refusal(self, place: Place, tx: Transaction) -> Refusal | None:
        """Why this door is not opened now at anybody's word; None: it may be."""
        cell, pulse, door = tx.cells.find(place.id), tx.pulses.of_cell(place.id), self._doors.door(place.id)
        if door is Door.UNKNOWN:
            return Refusal.SILENT
        if pulse is not None and pulse.state in (EffectState.QUEUED, EffectState.SENDING):
            return Refusal.IN_USE
        if door is Door.OPEN:
            return Refusal.IS_OPEN
        if cell.state is CellState.RESERVED:
            return Refusal.IN_USE
        parcel = self.parcel_in(cell, tx)
        if parcel is not None and cell.state is not CellState.CHECK and parcel.state not in CLAIMABLE:
            return Refusal.COURIER
        return None

    def parcel_in(self, cell: Cell, tx: Transaction) -> Parcel | None:
        """What is booked into it, and in nobody else's hands."""
        parcel = tx.parcels.find(cell.parcel) if cell.parcel else None
        return parcel if parcel is not None and parcel.state in HERE else None

    def ask(self, wish: Wish, place: Place, tx: Transaction) -> None:
        """The second fact: somebody stands here and says yes."""
        self._drop(tx)
        tx.put(_WISH, json.dumps([asdict(wish), tx.stamp.mono + CONFIRM_S]))
        verb = Verb.ALLOW_REMOTE if wish.cid else Verb.PARCEL_OUT
        asking = replace(at_rest(tx.counter.sale), waiting=Waiting.OPEN_DOOR, barcode=place.id, value=place.door)
        tx.keep(replace(asking, verb=verb))
        tx.after_commit(question(tx.counter))
        self._serial += 1
        self._bus.after(CONFIRM_S, WishOver(self._serial))

    def open(self, wish: Wish, tx: Transaction) -> None:
        """One pulse. A cell without a parcel is nobody else's until it was looked into."""
        parcel = tx.parcels.find(wish.parcel) if wish.parcel else None
        cell, was_free = tx.cells.find(wish.cell), False
        if parcel is not None:
            pulse = self._handing_out.release(parcel, wish.why, wish.by, tx)
        else:
            was_free = cell.state is CellState.FREE
            if was_free or cell.state is CellState.OCCUPIED:  # by a parcel that nobody knows
                tx.cells.keep(cell.moved(CellEvent.DOUBT, parcel=""))
            pulse = self._doors.pulse(cell.id, wish.why, tx, by=wish.by)
        self._keep_sent(self._sent(tx) | {pulse: [wish.cid, wish.reason, was_free]}, tx)

    # --- the answer ------------------------------------------------------------------------------------------------

    def _answered(self, answer: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.OPEN_DOOR:
            return
        wish, until_mono = self._wish(tx)
        if answer.verb is Verb.ENTER and wish and answer.asked_mono < until_mono - CONFIRM_S + HEARD_S:
            tx.after_commit(question(counter))
            return
        tx.keep(at_rest(counter.sale))
        tx.after_commit(basket_view(tx.counter))
        if wish is None or wish.cell != counter.barcode or tx.stamp.mono > until_mono:
            return
        if answer.verb is not Verb.ENTER:
            tx.put(_WISH, "")
            self._tell(wish.cid, "failed", "auth.denied", "somebody at the counter said no", tx)
            tx.after_commit(Say("ask.dropped"))
            return
        tx.put(_WISH, "")
        self._confirmed(wish, tx)

    def _confirmed(self, wish: Wish, tx: Transaction) -> None:
        """The cell may have changed in that minute."""
        place = self._doors.place(wish.cell)
        parcel = self.parcel_in(tx.cells.find(wish.cell), tx)
        is_same = not wish.parcel or (parcel is not None and parcel.id == wish.parcel and parcel.state in CLAIMABLE)
        if place is None or not is_same or self.refusal(place, tx) is not None:
            self._tell(wish.cid, "failed", "cmd.busy", "the cell is in use by now", tx)
            tx.after_commit(Say("door.in_use", Tone.ERROR, words=(("n", self._number(wish.cell)),)))
        else:
            self.open(wish, tx)

    def _over(self, over: WishOver, tx: Transaction) -> None:
        if over.serial == self._serial:
            self._drop(tx)

    def _drop(self, tx: Transaction) -> None:
        """Nobody said yes."""
        wish, _ = self._wish(tx)
        if wish is None:
            return
        tx.put(_WISH, "")
        self._tell(wish.cid, "failed", "cmd.timeout", "nobody at the counter said yes", tx)
        if tx.counter.waiting is Waiting.OPEN_DOOR:
            tx.keep(at_rest(tx.counter.sale))
            tx.after_commit(basket_view(tx.counter))
            tx.after_commit(Say("door.not_opened", Tone.ATTENTION, words=(("n", self._number(wish.cell)),)))

    # --- the door --------------------------------------------------------------------------------------------------

    def _opened(self, opened: DoorOpened, tx: Transaction) -> None:
        pulse = opened.pulse
        if pulse.why not in BY_WORD:
            return
        cid, reason, _ = self._ended(pulse, tx)
        self._tell(cid, "done", "", "", tx)
        _, at_page, _ = tx.commands.given(cid) or ("", "", "")
        is_far = pulse.why == REMOTE and not at_page  # who gave it at the page stands before the door
        prompt = "door.open" if pulse.parcel else ("door.remote" if is_far else "door.looked")
        tx.after_commit(Say(prompt, Tone.ATTENTION, words=(("n", self._number(pulse.cell)),)))
        place = self._doors.place(pulse.cell)
        slip = door_slip(
            place.door if place is not None else 0, tx.parcels.find(pulse.parcel) if pulse.parcel else None,
            by=pulse.by, why=reason or pulse.why, language=manner_of(tx, self._language).language,
            local_time=local_time(tx.stamp.at, self._zone),
        )  # fmt: skip
        print_slip(slip, tx)

    def _stuck(self, stuck: DoorStuck, tx: Transaction) -> None:
        """`HandingOut` has said it where a parcel lies there."""
        pulse = stuck.pulse
        if pulse.why not in BY_WORD:
            return
        cid, _, was_free = self._ended(pulse, tx)
        self._tell(cid, "failed", "hw.locker_jam" if stuck.sent else "hw.locker_offline", "it did not open", tx)
        if pulse.parcel:
            return
        cell = tx.cells.find(pulse.cell)
        if stuck.sent and cell.state in (CellState.CHECK, CellState.FREE):
            tx.cells.keep(cell.moved(CellEvent.BREAK))
            tx.append(CellChanged(cell.id, CellState.FAULT.value, "not_opened", cell.parcel))
        elif was_free and cell.state is CellState.CHECK:
            tx.cells.keep(cell.moved(CellEvent.CLEAR, parcel=""))
        say = Say("door.fail", words=(("n", self._number(pulse.cell)),)) if stuck.sent else Say("door.silent")
        tx.after_commit(replace(say, tone=Tone.ERROR))

    def _unsure(self, unsure: DoorUnsure, tx: Transaction) -> None:
        """What was free is not opened again, but looked at: by its sensor, or by whoever opens it next."""
        pulse = unsure.pulse
        if pulse.why not in BY_WORD:
            return
        cid, _, was_free = self._ended(pulse, tx)
        self._tell(cid, "failed", "cmd.outcome_unknown", "no board told what the door did", tx)
        cell = tx.cells.find(pulse.cell)
        is_empty = unsure.door is Door.CLOSED and unsure.content is Content.EMPTY
        if was_free and is_empty and cell.state is CellState.CHECK:
            tx.cells.keep(cell.moved(CellEvent.CLEAR, parcel=""))
        elif not pulse.parcel:
            tx.after_commit(Say("door.look", Tone.ALARM, words=(("n", self._number(pulse.cell)),)))

    def _ended(self, pulse: DoorPulse, tx: Transaction) -> tuple[str, str, bool]:
        """(cid, reason, whether the cell was free) of a pulse that has come to its end."""
        sent = self._sent(tx)
        cid, reason, was_free = sent.pop(pulse.id, ["", "", False])
        self._keep_sent(sent, tx)
        return str(cid), str(reason), bool(was_free)

    def _tell(self, cid: str, state: str, code: str, msg: str, tx: Transaction) -> None:
        if cid:
            tx.after_commit(Answered(cid, state, code=code, msg=msg, out={"door": "open"} if state == "done" else None))

    # --- what is remembered ----------------------------------------------------------------------------------------

    def _wish(self, tx: Transaction) -> tuple[Wish | None, float]:
        try:
            wish, until_mono = json.loads(tx.get(_WISH) or "[null, 0]")
            return (None if wish is None else Wish(**wish)), float(until_mono)
        except (ValueError, TypeError, RecursionError) as error:
            _log.error("which door was to be opened cannot be read: %s", error)
            return None, 0.0

    def _sent(self, tx: Transaction) -> dict[str, list[object]]:
        """One for each door at most: a door has one pulse at a time."""
        try:
            found = json.loads(tx.get(_SENT) or "{}")
            return {str(pulse): [cid, reason, was_free] for pulse, (cid, reason, was_free) in found.items()}
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            _log.error("whose word opened which door cannot be read: %s", error)
            return {}

    def _keep_sent(self, sent: dict[str, list[object]], tx: Transaction) -> None:
        tx.put(_SENT, json.dumps(sent) if sent else "")

    def _number(self, cell: str) -> str:
        place = self._doors.place(cell)
        return str(place.door) if place is not None else cell
