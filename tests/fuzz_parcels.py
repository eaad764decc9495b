"""What the parcel station reads of others: the cloud's words about parcels, codes of apps, answers at the counter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from counter_bench import TID, TOPICS
from fuzz_target import Read, Target, of_json, of_text
from send_bench import EXACT, SF, STOP, SendBench

from edge.codec import pickup_code, wire_parcel
from edge.codec.topics import Down
from edge.errors import WireError
from edge.messages import CloudMessage, MessageFailed
from edge.model.masking import masked_line
from edge.model.shipment import MAX_GRAMS

QUOTE = {
    "parcel": "s-1", "mark": wire_parcel.token_mark(SF), "grams": 1_250, "cur": "CNY", "fee": 1_800, "carrier": "SF",
    "waybill": "SF1000000000017", "valid_s": 600, "name": "张*", "tail": "5678", "lines": ["顺丰标快", "021-B12"],
}  # fmt: skip
QUOTES = tuple(
    json.dumps(quote, ensure_ascii=False).encode()
    for quote in (QUOTE, QUOTE | {"waybill": "RA000000014CN", "carrier": "CHINA_POST", "lines": []},
                  QUOTE | {"name": None, "tail": None, "extra": [1, {"a": 2}]})
)  # fmt: skip
EXPECTED = (
    (
        b'{"parcels":[{"parcel":"p_8f2c61","waybill":"SF1234567890123","carrier":"SF","to":"u-1","name":"L*",'
        b'"tail":"5678","consent":true,"size":"M"}]}'
    ),
)
NOTIFIED = (b'{"parcel":"p_8f2c61","to":"u-1","name":"\xe5\xbc\xa0*","tail":"5678","why":"no phone"}',)
LINES = ("张* 13812345678".encode(), b"+86 138-1234-5678", b"021-B12-07", b"TEL138.1234.5678 SF1000000000017")


def _quote_read(value: object) -> None:
    quote = wire_parcel.read_quote(value)
    if quote is not None:
        assert 0 < quote.fee <= wire_parcel.MAX_FEE and 0 < quote.grams <= MAX_GRAMS
        assert len(quote.recipient.tail) in (0, 4)


def _line_read(text: str) -> None:
    assert re.search(r"(?<![A-Z0-9])[0-9](?:[\W_]*[0-9]){6}", masked_line(text)) is None


def _new(octets: bytes, cid: str, sold: int) -> bytes:
    """The same for another parcel: an id and a number are given once."""
    return octets.replace(b"s-1", cid[-12:].encode()).replace(b"SF1000000000017", f"SF1{sold:012d}".encode())


@contextmanager
def at_the_desk(folder: Path) -> Iterator[Read]:
    """An answer to what a parcel costs, whatever is in it: as many labels as fees that were paid, and no more."""
    shop = SendBench(folder / "shop", scale=False)
    failed: list[MessageFailed] = []
    shop.bus.on(MessageFailed, lambda message, tx: failed.append(message))
    shop.go_online()

    def hear(octets: bytes) -> None:
        shop.hush()
        shop.card(STOP)
        cid = shop.ask().cid
        head = json.dumps({"v": 1, "tid": TID, "cid": cid, "ok": True})
        told = f'{head[:-1]}, "out": '.encode() + _new(octets, cid, len(shop.sales())) + b"}"
        shop.tell(CloudMessage(TOPICS.down(TID, Down.RES), told))
        shop.keys("E")
        if shop.lines:
            shop.card(EXACT)
        assert shop.lines == []
        paid = [line for sale in shop.sales() for line in sale["lines"]]
        assert len(paid) == len(shop.records("parcel.labelled"))
        if failed:
            raise failed[0].error

    yield hear
    assert shop.verdict() == ""


PARCEL_PARSERS: tuple[Target, ...] = (
    Target("wire_parcel.quote", of_json(_quote_read), QUOTES),
    Target("wire_parcel.expected", of_json(wire_parcel.read_expected), EXPECTED, (WireError,)),
    Target("wire_parcel.notified", of_json(wire_parcel.read_notified), NOTIFIED),
    Target("wire_parcel.mark", of_text(wire_parcel.token_mark), (SF.encode(),)),
    Target("pickup_code", of_text(lambda text: pickup_code.code_hash(b"k" * 32, text)), (b"123456", b"000007")),
    Target("masked_line", of_text(_line_read), LINES),
)
PARCEL_STANDS: tuple[Target, ...] = (Target("counter_quotes", at_the_desk, QUOTES, share=500),)
"""A shop on virtual time with a clerk and a courier is slow: fewer cases than other stands have."""
