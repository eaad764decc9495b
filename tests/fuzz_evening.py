"""What the owner's report reads back of the journal: a damaged row is refused, never summed."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from fuzz_target import Target, of_text

from edge.codec import own_books, sold_lines
from edge.codec.sale_bodies import SaleCompletedBody, SaleRefundedBody, SaleVoidedBody
from edge.errors import CodecError
from edge.model.evening import goods_sold

AT, UTC = "2026-11-23T04:00:00.000Z", ZoneInfo("UTC")
SALES = tuple(
    json.dumps(body.EXAMPLE, ensure_ascii=False).encode()
    for body in (SaleCompletedBody, SaleRefundedBody, SaleVoidedBody)
)


def _summed(body: str) -> None:
    lines, total = sold_lines.sold_lines(body)
    assert sum(found.amount for found in goods_sold(lines)) <= sum(abs(line.amount) for line in lines)
    assert isinstance(total, int)
    assert [line.qty for line in sold_lines.returned_lines(body)] == [-line.qty for line in lines]


def _exported(body: str) -> None:
    for kind in own_books.MONEY_TYPES:
        for table, row in own_books.money_rows(kind, AT, body, UTC, "zh-CN"):
            assert len(row) == len(own_books.HEADS["zh-CN"][table])
            assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)
    own_books.parcel_side("parcel.stored", AT, body, UTC)


EVENING_PARSERS: tuple[Target, ...] = (
    Target("sold_lines", of_text(_summed), SALES, (CodecError,)),
    Target("own_books", of_text(_exported), SALES, (CodecError,)),
)
