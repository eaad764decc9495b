"""What must hold of parcels and doors: in the journal, in the ledger, in the world, and on people's phones."""

from __future__ import annotations

import json
from collections.abc import Iterator

from edge.codec.pickup_code import code_hash
from edge.model.parcel import HERE
from edge.sim.year.box import TID
from edge.sim.year.post import Post
from edge.sim.year.wall import cell_of, door_of
from edge.sim.year.witness import Row, Witness

ORDER: dict[str, frozenset[str]] = {
    "stored": frozenset(("", "expected")),
    "cancelled": frozenset(("", "expected")),
    "collected": frozenset(("stored", "overdue", "found")),
    "overdue": frozenset(("stored",)),
    "refused": frozenset(("collected",)),
    "returned": frozenset(("overdue", "refused", "found")),
    "missing": frozenset(("stored", "overdue", "refused", "found")),
    "found": frozenset(("missing",)),
    "expected": frozenset(("", "expected")),
}
"""What the row before must have been, of each hand-over."""
TAKEN_IN = frozenset(("stored", "overdue", "refused"))


def no_coil_has_power_without_a_pulse(seen: Witness) -> Iterator[str]:
    """At most once for each PulseDoor that left, and by nothing else."""
    if seen.post is not None:
        yield from seen.post.unordered()


def custody_changes_hands_in_order(seen: Witness) -> Iterator[str]:
    """Each parcel is stored, collected, refused and returned once, in an order that PARCEL_MOVES allows; no waybill is
    in custody twice, and no cell is promised to two parcels.
    """
    told = [row for row in seen.new if row.type.startswith("parcel.")]
    for row in told:
        yield from _hand_over(row, seen)
    if seen.post is not None and told:
        for cell, times in seen.rows(
            "SELECT cell, count(*) FROM parcel WHERE cell <> '' AND state IN ('checking_in', 'stored', 'releasing',"
            " 'overdue', 'refused') GROUP BY cell HAVING count(*) > 1"
        ):
            yield f"{times} parcels are in cell {cell}"


def _hand_over(row: Row, seen: Witness) -> Iterator[str]:
    body, kind = json.loads(row.body), row.type.removeprefix("parcel.")
    if kind not in ORDER:
        return
    custody, parcel, waybill = seen.books.custody, str(body["parcel"]), str(body["waybill"])
    before = custody.states.get(parcel, "")
    if before not in ORDER[kind]:
        yield f"{waybill} is {kind} after it was {before or 'nothing'}"
    custody.states[parcel] = kind
    if seen.post is not None and "box" in body and waybill in seen.post.things:
        yield from _at_its_door(waybill, kind, str(body["box"]), seen.post)
    if kind in TAKEN_IN:
        if custody.here.setdefault(waybill, parcel) != parcel:
            yield f"{waybill} is taken in twice"
    elif custody.here.get(waybill) == parcel:
        del custody.here[waybill]


def _at_its_door(waybill: str, kind: str, cell: str, post: Post) -> Iterator[str]:
    """What is booked into a cell lies there, what is booked out of one was taken out: nobody here says what is not."""
    door = post.door_of(waybill)
    if waybill in post.forgotten:
        return
    if kind in ("stored", "refused") and door != door_of(cell):
        yield f"{waybill} is {kind} in {cell}, and lies in {cell_of(door) if door else 'no cell'}"
    if kind in ("collected", "returned") and door:
        yield f"{waybill} is {kind}, and lies in {cell_of(door)}"


def parcels_are_where_the_ledger_says(seen: Witness) -> Iterator[str]:
    """Of every parcel and every cell the ledger agrees with the world, or says that it does not know."""
    post = seen.post
    if post is None:
        return
    cells = dict(seen.rows("SELECT id, state FROM cell"))
    here = {
        waybill: (state, cell, shelf, bool(doubt))
        for waybill, state, cell, shelf, doubt in seen.rows("SELECT waybill, state, cell, shelf, doubt FROM parcel")
        if state in HERE
    }
    for waybill, (state, cell, _, doubt) in here.items():
        if waybill in post.forgotten or waybill not in post.things:
            continue
        thing, door = post.things[waybill], post.door_of(waybill)
        place = cell_of(door) if door else ""
        is_unsure = doubt or state == "missing" or cells.get(cell) == "check"
        if thing.is_here and cell != place:
            yield f"{waybill} is {state} in {cell or 'no cell'}, and lies in {place or 'no cell'}"
        if not thing.is_here and not is_unsure:
            yield f"{waybill} is {state} in {cell or 'no cell'}, {thing.hands} has it"
        if state == "checking_in" and not is_unsure:
            yield f"{waybill} is still being put in, and nobody stands there"
        if state == "releasing":
            yield f"{waybill} is still being handed out, and nobody stands there"
    for waybill, thing in post.things.items():
        if thing.is_here and waybill not in here and waybill not in post.forgotten:
            yield f"{thing.hands} has {waybill}, of which the ledger knows nothing"
    yield from _cells(seen, post, here)


def _cells(seen: Witness, post: Post, here: dict[str, tuple[str, str, str, bool]]) -> Iterator[str]:
    for cell, state, waybill in seen.rows(
        "SELECT c.id, c.state, coalesce(p.waybill, c.parcel) FROM cell c LEFT JOIN parcel p ON p.id = c.parcel"
    ):
        inside = post.wall.inside.get(door_of(cell), "")
        if inside in post.forgotten or waybill in post.forgotten:
            continue
        if state == "free" and inside:
            yield f"cell {cell} is free, {inside} lies in it"
        if state == "occupied" and inside != waybill:
            yield f"cell {cell} has {waybill} in the ledger, {inside or 'nothing'} lies in it"
        if state == "reserved":
            yield f"cell {cell} is reserved for {waybill}, and nobody stands there"


def who_can_be_told_is_told(seen: Witness) -> Iterator[str]:
    """Of each parcel in custody somebody was told, or nobody could be; a code on the phone opens it. Not always the
    newest: a request of before a power cut may reach the cloud after the one that has made its code void.
    """
    if seen.post is None:
        return
    key, codes = seen.box.station_key, seen.cloud.codes(TID)
    for waybill, state, told, code in seen.rows(
        "SELECT waybill, state, told, code FROM parcel WHERE state IN ('stored', 'overdue', 'releasing')"
    ):
        thing = seen.post.things.get(waybill)
        if not told:
            yield f"{waybill} is {state}, and its recipient was never told"
        if thing is not None and thing.to and told == "failed" and waybill not in seen.post.unknown:
            yield f"the recipient of {waybill} could have been told"
        if told == "done" and (waybill not in codes or all(code_hash(key, sent) != code for sent in codes[waybill])):
            yield f"no message of {waybill} has a code that opens it"


def pulses_of_doors_have_an_end(seen: Witness) -> Iterator[str]:
    """Nothing is in the middle of being done when all is at rest."""
    for pulse, state in seen.rows("SELECT id, state FROM door_pulse WHERE state IN ('queued', 'sending')"):
        yield f"the pulse {pulse} of a door is {state}"
