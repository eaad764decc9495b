"""What the shop's own file says of goods to order."""

from __future__ import annotations

from fuzz_target import Target, of_json, of_octets

from edge.codec import booklet_csv, csv_text, wire_order
from edge.errors import SettingsError, WireError
from edge.model.booklet import Booklet

BOOKLETS = (
    "gtin,name,name_en,price_fen,days,offer\n6901230000003,电饭锅,Cooker,4900,3,JD_ORDER\n".encode(),
    "gtin,name,price_fen,days\r\n6901230000010,电风扇,100,0\r\n".encode("gb18030"),
)

PLACES = (
    (
        b'{"oid": "T-17", "no": "17", "platform": "alibaba", "code": "2611230017", "why": "customer",'
        b' "lines": [{"sku": "6901234567892", "qty": 2, "price": 300, "name": "x"}]}'
    ),
)


def _booklet_read(octets: bytes) -> None:
    booklet = booklet_csv.read_booklet(octets, name="b", offers={"JD_ORDER"})
    assert isinstance(booklet, Booklet)
    assert all(item.price > 0 and len(item.barcode) == 13 for item in booklet.items)


def _rows_read(octets: bytes) -> None:
    text, _ = csv_text.decoded(octets, "b")
    complaints = csv_text.Complaints("b")
    assert all(any(cell.strip() for cell in cells) for _, cells in csv_text.table_rows(text, complaints))
    complaints.raise_all()


ORDER_PARSERS: tuple[Target, ...] = (
    Target("booklet_csv", of_octets(_booklet_read), BOOKLETS, (SettingsError,)),
    Target("wire_order.place", of_json(wire_order.read_placed), PLACES, (WireError,)),
    Target("wire_order.cancel", of_json(wire_order.read_cancelled), PLACES, (WireError,)),
    Target("csv_text.rows", of_octets(_rows_read), BOOKLETS, (SettingsError,)),
)
