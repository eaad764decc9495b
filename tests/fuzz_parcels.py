"""Parcels: what the cloud tells of them, and codes that anybody may key."""

from __future__ import annotations

from fuzz_target import Target, of_json, of_text

from edge.codec import pickup_code, wire_parcel
from edge.errors import WireError

EXPECTED = (
    b'{"parcels":[{"parcel":"p_1","waybill":"SF1234567890123","carrier":"SF","to":"r1","name":"Li","tail":"5678"}]}',
    b'{"parcel":"p_1","to":"r1","name":"Li","tail":"13812345678","consent":false,"why":"no phone"}',
)


def _parcel_read(value: object) -> None:
    """What an answer says, from a terminal that believes nothing."""
    wire_parcel.read_whose(value)
    wire_parcel.read_notified(value)


def _code_read(text: str) -> None:
    assert len(pickup_code.code_hash(bytes(32), text)) == 64
    assert pickup_code.is_pickup_code(text) == (len(text) == 6 and text.isascii() and text.isdigit())


PARCEL_PARSERS = (
    Target("wire_parcel.expected", of_json(wire_parcel.read_expected), EXPECTED, (WireError,)),
    Target("wire_parcel.answer", of_json(_parcel_read), EXPECTED, ()),
    Target("pickup_code", of_text(_code_read), (b"000123", b"12345"), ()),
)
