"""A parcel comes in: one scan, and it is the station's (product rows 44–47, 63). Into a cell it takes a door, too.

scan ─► asked: of two carriers which, or no consent ─► shelf: number, sticker, code ─► stored
                                                   └─► cell: reserved, pulse ─► open ─► shut ─► stored
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from edge.bus import Bus
from edge.messages import AskedAtDesk, NumberKeyed, ParcelScanned, Say, Show, Tone, View
from edge.model.carrier import Carriers
from edge.model.cell import Size
from edge.model.counter import Verb, Waiting
from edge.model.parcel import HERE, Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import ParcelFound, ParcelStored
from edge.ports import Licences, Transaction
from edge.services.cell_books import give_back
from edge.services.deposit import Deposit
from edge.services.labelling import stays_ours
from edge.services.parcel_codes import ParcelCodes
from edge.services.parcel_desk import Desk, desk_of, keep_desk
from edge.services.shelf import Shelf
from edge.services.spoken_manner import manner_of
from edge.services.suspending import WORDS as SUSPENDED

_COMES = frozenset({ParcelState.EXPECTED, ParcelState.CANCELLED})
"""Announced, or brought before and not put in: whose it is, is known already."""


class CheckIn:
    """`full` tells whether the disk has no room for drop-offs (contract P11)."""

    def __init__(
        self, bus: Bus, carriers: Carriers, codes: ParcelCodes, deposit: Deposit, shelf: Shelf, *, language: str,
        licences: Licences, full: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._carriers = carriers
        self._codes = codes
        self._deposit = deposit
        self._shelf = shelf
        self._usual = language
        self._full = full
        self._licences = licences
        bus.on(ParcelScanned, self._scanned)
        bus.on(NumberKeyed, self._chosen)
        bus.on(AskedAtDesk, self._answered)

    # --- what was scanned ------------------------------------------------------------------------------------------

    def _scanned(self, scan: ParcelScanned, tx: Transaction) -> None:
        desk = desk_of(tx)
        if tx.counter.waiting is not Waiting.PARCEL_IN or desk is None or stays_ours(scan.waybill, tx):
            return
        keep_desk(replace(desk, last_mono=tx.stamp.mono), tx)
        tx.keep(replace(tx.counter, verb=None, barcode=None))
        known = self._deposit.back_in_hand(tx.parcels.by_waybill(scan.waybill), tx)
        if self._full():
            tx.after_commit(Say("parcel.no_room", Tone.ERROR))
        elif self._licences.is_suspended():
            tx.after_commit(Say(SUSPENDED, Tone.ERROR))
        elif known is not None and known.state is ParcelState.MISSING:
            self._find(known, desk, tx)
        elif known is not None and known.state in HERE:
            tx.after_commit(Say("parcel.dup", Tone.ATTENTION))
            tx.after_commit(Show(View.TEXT, name=known.shelf or self._deposit.number(known.cell)))
        elif desk.size is not None and (door := self._deposit.unfinished(tx)):
            tx.after_commit(Say("door.shut_first", Tone.ATTENTION, words=(("n", door),)))
        elif known is not None and known.state in _COMES and known.consent is False:
            self._ask(Verb.PARCEL_CONSENT, scan.waybill, Say("parcel.consent", Tone.ERROR), tx)
        elif (carrier := self._carrier(scan, known)) is None:
            names = [self._carriers.named(found).spoken(self._language(tx)) for found in scan.carriers]
            words = (("item", names[0]), ("what", names[1]))
            self._ask(Verb.PARCEL_CARRIER, scan.waybill, Say("parcel.which", Tone.ATTENTION, words=words), tx)
        else:
            self._take(scan.waybill, carrier, known, desk, tx)

    def _carrier(self, scan: ParcelScanned, known: Parcel | None) -> str | None:
        """What the cloud said, or the only one whose numbers look like this; empty: nobody's; None: two of them."""
        if known is not None and known.carrier:
            return known.carrier
        return None if len(scan.carriers) > 1 else "".join(scan.carriers)

    def _ask(self, verb: Verb, waybill: str, say: Say, tx: Transaction) -> None:
        tx.keep(replace(tx.counter, verb=verb, barcode=waybill))
        tx.after_commit(say)

    def _chosen(self, keyed: NumberKeyed, tx: Transaction) -> None:
        """1 or 2 after two carriers were named."""
        counter, desk = tx.counter, desk_of(tx)
        if counter.verb is not Verb.PARCEL_CARRIER or counter.barcode is None or desk is None:
            return
        found = self._carriers.candidates(counter.barcode)
        if keyed.text in ("1", "2") and len(found) > 1:
            waybill = counter.barcode
            tx.keep(replace(counter, verb=None, barcode=None))
            self._take(waybill, found[int(keyed.text) - 1].id, tx.parcels.by_waybill(waybill), desk, tx)

    def _answered(self, answer: AskedAtDesk, tx: Transaction) -> None:
        """Enter: the courier called, and the recipient wants it here after all. Minus: it goes back."""
        counter, desk = tx.counter, desk_of(tx)
        if counter.verb is not Verb.PARCEL_CONSENT or counter.barcode is None or desk is None:
            return
        waybill, known = counter.barcode, tx.parcels.by_waybill(counter.barcode)
        tx.keep(replace(counter, verb=None, barcode=None))
        if answer.verb is Verb.ENTER and known is not None:
            self._take(waybill, known.carrier, replace(known, consent=True), desk, tx)
        else:
            tx.after_commit(Say("parcel.not_taken"))

    # --- where it goes ---------------------------------------------------------------------------------------------

    def _take(self, waybill: str, carrier: str, known: Parcel | None, desk: Desk, tx: Transaction) -> None:
        parcel = Parcel(tx.new_id(), waybill, carrier, ParcelState.EXPECTED)
        if known is not None and known.state is ParcelState.EXPECTED:
            parcel = known
        elif known is not None and known.state is ParcelState.CANCELLED:
            parcel = replace(parcel, recipient=known.recipient, consent=known.consent)
        parcel = replace(parcel, carrier=carrier, by=desk.by, at=tx.stamp.at)
        if desk.size is not None:
            self._deposit.begin(replace(parcel, size=desk.size), tx)
        else:
            self._to_shelf(parcel, desk, tx)

    def _to_shelf(self, parcel: Parcel, desk: Desk, tx: Transaction) -> None:
        due = tx.stamp.at + self._carriers.named(parcel.carrier).free_time(locker=False)
        stored = replace(self._shelf.placed(parcel.moved(ParcelEvent.STORE), tx), size=Size.S, due_at=due)
        stored = self._codes.with_code(stored, tx)
        self._lies_there(stored, ParcelStored(stored, how="scan"), desk, tx)

    def _find(self, parcel: Parcel, desk: Desk, tx: Transaction) -> None:
        """One that was missing is in somebody's hand: onto the shelf, where its code finds it."""
        if parcel.cell:
            give_back(parcel, tx)
        found = self._shelf.placed(parcel.moved(ParcelEvent.FIND), tx)
        self._lies_there(found, ParcelFound(found), desk, tx)

    def _lies_there(self, parcel: Parcel, record: ParcelStored | ParcelFound, desk: Desk, tx: Transaction) -> None:
        entry = tx.append(record)
        keep_desk(replace(desk, count=desk.count + 1, last_mono=tx.stamp.mono), tx)
        self._shelf.label(parcel, tx, of=entry.id)
        tx.after_commit(Show(View.TEXT, name=f"{desk.count + 1}  {parcel.shelf}"))
        tx.after_commit(Say("parcel.seq", words=(("shelf", parcel.shelf.rpartition("-")[2]),)))

    def _language(self, tx: Transaction) -> str:
        return manner_of(tx, self._usual).language
