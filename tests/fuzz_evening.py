"""What the owner's report reads back of the journal: a damaged row is refused, never summed."""

from __future__ import annotations

import json

from fuzz_target import Target, of_text

from edge.codec import sold_lines
from edge.codec.sale_bodies import SaleCompletedBody, SaleRefundedBody, SaleVoidedBody
from edge.errors import CodecError
from edge.model.evening import goods_sold

SALES = tuple(
    json.dumps(body.EXAMPLE, ensure_ascii=False).encode()
    for body in (SaleCompletedBody, SaleRefundedBody, SaleVoidedBody)
)


def _summed(body: str) -> None:
    lines, total = sold_lines.sold_lines(body)
    assert sum(found.amount for found in goods_sold(lines)) <= sum(abs(line.amount) for line in lines)
    assert isinstance(total, int)
    assert [line.qty for line in sold_lines.returned_lines(body)] == [-line.qty for line in lines]


EVENING_PARSERS: tuple[Target, ...] = (Target("sold_lines", of_text(_summed), SALES, (CodecError,)),)
