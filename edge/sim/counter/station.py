"""The parcel station of the demo: put up before the terminal first runs, and seen from all sides while it does."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edge.clock import Clock
from edge.codec.badge import badge_id
from edge.codec.cell_map import CELLS, document_of
from edge.codec.cell_map import WALL as MAP
from edge.codec.command_card import card_code
from edge.errors import EdgeError
from edge.model.badge import Badge, Role
from edge.model.cell import Cell, CellState
from edge.model.parcel import HERE, Parcel, ParcelState
from edge.outside import Outside
from edge.reference_cloud.report import CloudReport
from edge.sim.counter.bench import Bench
from edge.sim.counter.deliveries import COURIERS, ORDERED, VAN_LOAD, Delivery, Vans
from edge.sim.counter.terminal import Talk
from edge.sim.counter.wall import PLACES, WALL
from edge.store.badges import BADGES, BadgeBook
from edge.store.queries import LedgerQueries
from edge.terminal_folder import open_terminal_folder

MESSAGES_SHOWN = 12
DELIVERIES_SHOWN = 24
PICK_UP = card_code(132)
LOOK_EVERY_S = 0.02
LOOKS = 150
"""Three seconds from the card to a terminal that wants the code."""


def put_up(data_dir: Path, clock: Clock) -> str:
    """Once a folder, as a technician leaves it: the cell map is written, every cell was looked into, couriers have
    badges. The terminal must not run. Raises StoreError as its files do.
    """
    folder = open_terminal_folder(data_dir, Outside(clock=clock))
    try:
        badges = BadgeBook(folder.documents.collection(BADGES))
        for courier in COURIERS:
            if badges.find(badge_id(courier.badge.hash)) is None:
                at, hash_text = clock.wall(), courier.badge.hash
                badges.keep(
                    Badge(badge_id(hash_text), hash_text, Role.COURIER, courier.name, at, carrier=courier.carrier)
                )
        if folder.documents.collection(CELLS).get(MAP) is not None:
            return "there since last time"
        tx = folder.ledger.begin(lambda _, __: None)
        for place in PLACES:
            tx.cells.keep(Cell(place.id, CellState.FREE))
        tx.commit()
        folder.documents.collection(CELLS).put(MAP, document_of(WALL))
    finally:
        folder.ledger.close(clean=folder.ledger.clean or folder.ledger.fresh)
        folder.lock.release()
    return f"{len(PLACES)} doors on two boards, {len(COURIERS)} couriers with badges"


class Station:
    """The wall, the vans, what people were told, and what the terminal's books say of it all."""

    def __init__(
        self, bench: Bench, talk: Talk, vans: Vans, books: LedgerQueries, cloud: CloudReport, tid: str
    ) -> None:
        self.vans = vans
        self._bench = bench
        self._talk = talk
        self._books = books
        self._cloud = cloud
        self._tid = tid
        self._seen: dict[str, Any] = {"shelf": [], "deliveries": [], "messages": [], "states": {}}

    def read(self) -> None:
        """Look into the books; where somebody is at the files just now, what was seen last stays."""
        deliveries = self.vans.deliveries
        try:
            cells = self._books.cells([place.id for place in PLACES])
            parcels = self._books.parcels([delivery.waybill for delivery in deliveries[-2 * DELIVERIES_SHOWN :]])
            told = self._cloud.messages(self._tid)
        except (EdgeError, sqlite3.Error):
            return
        known = {parcel.waybill: parcel for parcel in parcels}
        self._seen = {
            "states": {cell.id: cell.state.value for cell in cells},
            "shelf": [_lying(parcel) for parcel in parcels if parcel.shelf and parcel.state in HERE],
            "deliveries": _shown(deliveries, known),
            "messages": [asdict(message) for message in told[-MESSAGES_SHOWN:]][::-1],
        }

    def look(self) -> dict[str, Any]:
        """For the page; `state` of a door is the books' word of its cell."""
        seen, states = self._bench.wall.look(), self._seen["states"]
        doors = [door | {"state": states.get(door["cell"], "")} for door in seen["doors"]]
        rest = {name: self._seen[name] for name in ("shelf", "deliveries", "messages")}
        return {"doors": doors, "boards": seen["boards"], **rest}

    def show_code(self, code: str, *, keyed: bool) -> str:
        """Card 快递取件, then a recipient's code: typed, or shown to the scanner. Returns what was in the way."""
        before = self._talk.spoken
        if not self._bench.scan(PICK_UP):
            return "the scanner is not plugged in"
        pause = threading.Event()
        for _ in range(LOOKS):
            if any(sentence.no > before for sentence in list(self._talk.sentences)):
                break
            pause.wait(LOOK_EVERY_S)
        else:
            return "the terminal does not ask for a code"
        if keyed:
            self._bench.type(code)
        else:
            self._bench.scan(code)
        return ""


def _lying(parcel: Parcel) -> dict[str, str]:
    return {"shelf": parcel.shelf, "waybill": parcel.waybill, "carrier": parcel.carrier, "who": parcel.recipient.text}


def _shown(deliveries: list[Delivery], known: dict[str, Parcel]) -> list[dict[str, str]]:
    """What was ordered and nobody has taken in, the newest van's, then of those before it what lies here still."""
    newest, before = deliveries[-VAN_LOAD:], deliveries[:-VAN_LOAD]
    lying = [delivery for delivery in before if (parcel := known.get(delivery.waybill)) and parcel.state in HERE]
    coming = [
        delivery for delivery in before if delivery.note == ORDERED
        and ((parcel := known.get(delivery.waybill)) is None or parcel.state is ParcelState.EXPECTED)
    ]  # fmt: skip
    shown = [*coming, *newest, *lying]
    return [_delivery(delivery, known.get(delivery.waybill)) for delivery in shown][:DELIVERIES_SHOWN]


def _delivery(delivery: Delivery, parcel: Parcel | None) -> dict[str, str]:
    state = parcel.state if parcel is not None else ParcelState.EXPECTED
    place = (parcel.shelf or parcel.cell) if parcel is not None and state in HERE else ""
    return asdict(delivery) | {"state": state.value, "place": place}
