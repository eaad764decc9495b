"""What the shop's buying reads of others: the suppliers' words, files of offers, and its own orders in the ledger."""

from __future__ import annotations

import json

from fuzz_target import Target, of_json, of_octets, of_text
from purchase_bench import FAR, NEAR
from purchase_samples import LINES, ORDER

from edge.codec import csv_text, purchase_text, supplier_offer_csv, wire_purchase
from edge.errors import CodecError, SettingsError, WireError

NEWS = (
    {"po": ORDER.id, "rev": 2, "state": "changed", "fee": 0, "why": "short",
     "lines": [{"n": 1, "sku": LINES[0].sku, "pack": 24, "packs": 1, "cost": 4_800},
               {"n": 9, "sku": "x", "pack": 1, "packs": 0, "cost": 0, "name": "新"}]},
    {"po": ORDER.id, "rev": 3, "state": "shipped", "waybills": ["YT7500000000001"]},
)  # fmt: skip
CONFIRM = {"po": ORDER.id, "total": 11_100, "lines": [{"n": 1, "packs": 2}]}
OFFERS = (
    b"supplier,gtin,pack,cost_fen,discount_fen,carton\nNEAR,6901234567892,24,4800,100,16901234567899\n",
    "supplier,sku,pack,cost_fen\nFAR,散米,25,9900\n".encode("gb18030"),
)


def _news_read(value: object) -> None:
    news = wire_purchase.read_news(value)
    if news is not None:
        assert all(0 <= line.packs <= 999 for line in news.offered(ORDER))


def _offers_read(octets: bytes) -> None:
    for offer in supplier_offer_csv.read_offers(octets, name="o", suppliers=(NEAR, FAR)):
        assert offer.net > 0 and offer.pack > 0 and offer.least >= 1


PURCHASE_PARSERS: tuple[Target, ...] = (
    Target("wire_purchase.news", of_json(_news_read), tuple(json.dumps(news).encode() for news in NEWS), ()),
    Target("wire_purchase.changed", of_json(wire_purchase.read_changed), tuple(json.dumps(n).encode() for n in NEWS),
           (WireError,)),
    Target("wire_purchase.confirm", of_json(wire_purchase.read_confirm), (json.dumps(CONFIRM).encode(),), (WireError,)),
    Target("supplier_offer_csv", of_octets(_offers_read), OFFERS, (SettingsError,)),
    Target("csv_text", of_octets(lambda octets: csv_text.decoded(octets, "o")), OFFERS, (SettingsError,)),
    Target("purchase_text", of_text(purchase_text.read_order), (purchase_text.write_order(ORDER).encode(),),
           (CodecError,)),
)  # fmt: skip
