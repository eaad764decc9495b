"""What the cloud tells of orders that customers placed in an app (product row 76). Both are class S.

    dn/cmd order.place   {oid, no, platform, code, lines: [{sku, qty, price, name?}]}   put aside, pick, hand out
    dn/cmd order.cancel  {oid, why}                                                     before it is handed out

An `oid` comes twice, late, or after its own order.cancel: it is placed once, or never. `code` is what the bearer
shows: ten digits, kept as an HMAC under the station's own key: alone they are guessed offline in minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Annotated

from pydantic import Field, StringConstraints

from edge.codec.wire import checked
from edge.codec.wire_term import Part, Word
from edge.model.app_order import MAX_LINES, MAX_PIECES

PLACE, CANCEL = "order.place", "order.cancel"
MAX_FEN = 100_000_000
CODE_DIGITS = 10
_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")

Sku = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[\x21-\x7e]+$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]*$")]
Short = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}$")]
Platform = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,23}$")]
Why = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}$")]


class PlacedLine(Part):
    """`qty` pieces, each paid with `price` fen. `name` is used where the shop has none of its own."""

    sku: Sku
    qty: Annotated[int, Field(ge=1, le=MAX_PIECES)]
    price: Annotated[int, Field(ge=0, le=MAX_FEN)]
    name: Name | None = None


class PlaceArgs(Part):
    """Of the signed command order.place. `no` is the short number that people say."""

    oid: Word
    no: Short
    platform: Platform
    code: Annotated[str, StringConstraints(pattern=rf"^[0-9]{{{CODE_DIGITS}}}$")] = Field(repr=False)
    lines: Annotated[tuple[PlacedLine, ...], Field(strict=False, min_length=1, max_length=MAX_LINES)]


class CancelArgs(Part):
    """Of the signed command order.cancel."""

    oid: Word
    why: Why


def read_placed(args: object) -> PlaceArgs:
    """Raises WireError."""
    return checked(PlaceArgs, args, where=PLACE)


def read_cancelled(args: object) -> CancelArgs:
    """Raises WireError."""
    return checked(CancelArgs, args, where=CANCEL)


def is_order_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def order_code_hash(key: bytes, code: str) -> str:
    """Under which an order is found by what its bearer shows. `key`: the station's own, as for a pick-up code."""
    return hmac.new(key, f"order:{code}".encode(), hashlib.sha256).hexdigest()
