"""Bugs to plant in the parcel station, each with the sentence by which the simulated year must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from edge.messages import ParcelScanned, Started, WorkQueued
from edge.model.cell import CELL_MOVES, CellEvent, CellState, Offer
from edge.model.counter import Waiting
from edge.model.door import Content, Door
from edge.model.door_pulse import DoorPulse
from edge.model.ledger_rows import EffectState
from edge.model.parcel import CLAIMABLE, Parcel, ParcelEvent
from edge.model.parcel_records import ParcelCollected
from edge.ports import Transaction
from edge.services.doors import Doors, VerdictDue
from edge.services.handing_out import HandingOut
from edge.services.parcel_codes import ParcelCodes
from edge.sim.year.faults import PROFILES

Plant = Callable[[pytest.MonkeyPatch], None]


def pulse_again_after_an_unsure_outcome(patch: pytest.MonkeyPatch) -> None:
    """After a silence, after a boot, and where the door stayed shut; at a wall whose doors jam often."""
    resume = Doors._resume
    jamming = replace(PROFILES["storm"], door_jammed=0.5)
    patch.setattr("edge.sim.year.main.PROFILES", {**PROFILES, "storm": jamming})

    def judge(doors: Any, pulse: DoorPulse, seen: Content, asked_mono: float, tx: Transaction) -> None:
        if asked_mono >= doors._sent.mono.get(pulse.id, 0.0) + 0.8:
            again(pulse, tx)

    def go_on(doors: Any, started: Started, tx: Transaction) -> None:
        resume(doors, started, tx)
        for pulse in tx.pulses.in_state(EffectState.SENDING):
            again(pulse, tx)

    def once_more(doors: Any, due: VerdictDue, tx: Transaction) -> None:
        if (pulse := doors._sending(due.pulse, tx)) is not None:
            again(pulse, tx)

    def again(pulse: DoorPulse, tx: Transaction) -> None:
        tx.pulses.move(pulse.id, EffectState.QUEUED)
        tx.after_commit(WorkQueued())

    patch.setattr(Doors, "_verdict_due", once_more)
    patch.setattr(Doors, "_resume", go_on)
    patch.setattr(Doors, "_judge", judge)


def offer_a_full_cell(patch: pytest.MonkeyPatch) -> None:
    """A cell is as good as another while its door is shut."""
    patch.setattr(Offer, "is_free", property(lambda offer: offer.door is Door.CLOSED))
    patch.setitem(CELL_MOVES, (CellState.OCCUPIED, CellEvent.RESERVE), CellState.RESERVED)


def release_whatever_is_scanned(patch: pytest.MonkeyPatch) -> None:
    scanned = HandingOut._scanned

    def generous(handing: Any, scan: ParcelScanned, tx: Transaction) -> None:
        parcel = tx.parcels.by_waybill(scan.waybill)
        if tx.counter.waiting is Waiting.RELEASE and parcel is not None and parcel.state in CLAIMABLE:
            tx.parcels.keep(parcel.moved(ParcelEvent.RELEASE))
        scanned(handing, scan, tx)

    patch.setattr(HandingOut, "_scanned", generous)


def count_a_door_as_shut_when_its_board_is_lost(patch: pytest.MonkeyPatch) -> None:
    def forget(doors: Any, device: str, board: int, tx: Transaction) -> None:
        for place in doors._wall.on(device, board):
            leaf = doors._leaves[place.id]
            if leaf.door is Door.OPEN:
                doors._shut(place.id, Content.UNKNOWN, tx.pulses.of_cell(place.id), leaf, tx)
                leaf.door = Door.CLOSED

    patch.setattr(Doors, "_forget", forget)


def keep_a_code_that_nobody_knows(patch: pytest.MonkeyPatch) -> None:
    """A code that is made anew is told, and the old one is kept; where the power goes three times as often."""
    with_code = ParcelCodes.with_code
    dark = replace(PROFILES["storm"], power_cut=3 * PROFILES["storm"].power_cut)
    patch.setattr("edge.sim.year.main.PROFILES", {**PROFILES, "storm": dark})

    def forgetful(codes: Any, parcel: Parcel, tx: Transaction) -> Parcel:
        made = with_code(codes, parcel, tx)
        return replace(made, code=parcel.code) if parcel.code else made

    patch.setattr(ParcelCodes, "with_code", forgetful)


def tell_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ParcelCodes, "_ask", lambda codes, parcel, tx: None)


def hand_out_twice(patch: pytest.MonkeyPatch) -> None:
    """What goes out of a cell is booked once as its door opens, and once as it is shut."""
    opened = HandingOut._opened

    def early(handing: Any, opening: Any, tx: Transaction) -> None:
        opened(handing, opening, tx)
        parcel = handing._in_hand(opening.pulse, tx)
        if parcel is not None:
            tx.append(ParcelCollected(parcel.moved(ParcelEvent.HAND_OVER, tx.stamp.at), "code"))
            tx.parcels.keep(parcel)

    patch.setattr(HandingOut, "_opened", early)


def open_for_a_wrong_code(patch: pytest.MonkeyPatch) -> None:
    """Codes are compared by their first digit."""
    patch.setattr(ParcelCodes, "hash_of", lambda codes, code: f"about {code[:1]}")


PARCELS_LOUD: tuple[tuple[Plant, str], ...] = (
    (pulse_again_after_an_unsure_outcome, "leaves a second time"),
    (keep_a_code_that_nobody_knows, "no message of|does not know it"),
    (count_a_door_as_shut_when_its_board_is_lost, "and lies in|of which the ledger knows nothing|is stored in"),
)
PARCELS_QUIET: tuple[tuple[Plant, str], ...] = (
    (offer_a_full_cell, "lies behind it|parcels are in cell"),
    (release_whatever_is_scanned, "was not to be handed out"),
    (tell_nobody, "was never told"),
    (hand_out_twice, "collected after it was collected|is collected, and lies in"),
    (open_for_a_wrong_code, "no message of|whose code nobody has shown|fault of ours"),
)
