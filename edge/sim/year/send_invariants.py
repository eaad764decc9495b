"""What must hold of parcels that customers send: of each row as it comes, and at rest between shop and carrier."""

from __future__ import annotations

import json
from collections.abc import Iterator

from edge.sim.year.send_books import TOLD_OF_SENDING
from edge.sim.year.witness import Witness

KIND = "sending"


def each_fee_has_its_label(seen: Witness) -> Iterator[str]:
    """Whoever has paid has a label, for the same fee of the same sale; no fee is paid twice, and no number is two
    parcels'.
    """
    books, is_told = seen.books.sending, False
    for row in seen.new:
        if row.type in TOLD_OF_SENDING:
            is_told = True
            yield from books.enter(row.type, row.id, json.loads(row.body))
            seen.services.ends[KIND, "success"] += row.type == "parcel.labelled"
    if is_told:
        yield from books.unlike()


def fees_are_what_their_carriers_asked(seen: Witness) -> Iterator[str]:
    """Nothing else was ever quoted for it."""
    quoted = seen.cloud.fees()
    for parcel, fee in seen.books.sending.fees.items():
        if fee.fen not in quoted.get(parcel, ()):
            yield f"{fee.fen} fen were paid for parcel {parcel}, its carrier asked for {quoted.get(parcel)}"


def labels_are_in_their_table(seen: Witness) -> Iterator[str]:
    """The ledger's table says what the journal says of what was paid."""
    books = seen.books.sending
    kept = {parcel: (sale, fen) for parcel, sale, fen in seen.rows("SELECT parcel, sale, fee FROM shipment")}
    for parcel, (sale, fen) in kept.items():
        paid = books.fees.get(parcel)
        if sale and (paid is None or (paid.sale, paid.fen) != (sale, fen)):
            yield f"parcel {parcel} was paid with {fen} fen of {sale} in its table, {paid} in the journal"
    for parcel, fee in books.fees.items():
        if parcel in kept and not kept[parcel][0]:
            yield f"parcel {parcel} was paid by {fee.sale}, and not in its table"
