"""An order with real processes: offers, the card, the owner's yes on the phone, a parcel that opens the receiving."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Mosquitto
from shop_bench import COLA, NOODLES, TID, Program, Shop, shop_on, until

from edge.__main__ import main
from edge.codec.command_card import card_code
from edge.model.counter import Waiting
from edge.reference_cloud.main import run

SUGGEST = card_code(173)
SHIPPED_AT_ONCE = 93
"""Packs of the first line: what the reference cloud's supplier makes of it."""


def rows(shop: Shop, kind: str) -> list[dict[str, Any]]:
    return [row["data"] for row in shop.books.journal() if row["type"] == kind]


@pytest.mark.slow
def test_an_order_leaves_by_the_phone_and_its_parcel_opens_the_receiving(broker: Mosquitto, tmp_path: Path) -> None:
    secret, public = tmp_path / "secret.key", tmp_path / "keys.toml"
    assert run(["keygen", "--kid", "k1", "--secret", str(secret), "--public", str(public)]) == 0
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        text = shop.config.read_text(encoding="utf-8").replace("[cloud]", f'[cloud]\ncommand_keys = "{public}"')
        shop.config.write_text(text, "utf-8")
        offers = tmp_path / "offers.csv"
        offers.write_text(f"supplier,gtin,pack,cost_fen\nLST,{COLA},24,4800\n")
        assert main(["offers", "import", "--config", str(shop.config), str(offers)]) == 0
        shop.sold_for_weeks(COLA)
        cloud = Program(
            "cloud", "--url", f"mqtt://127.0.0.1:{broker.port}", "--db", str(shop.cloud_file), "--command-key",
            str(secret), log=tmp_path / "cloud.log",
        )  # fmt: skip
        cloud.start()
        try:
            shop.open()
            until(lambda: shop.health()["link"] == "online", "the cloud is there")
            shop.sell(NOODLES)
            shop.devices.scan(SUGGEST)
            until(lambda: rows(shop, "purchase.suggested"), "the slip was made")
            suggested = rows(shop, "purchase.suggested")[0]
            assert [line["packs"] for line in suggested["lines"]] == [2]
            args = {"po": suggested["po"], "total": SHIPPED_AT_ONCE * 4_800,
                    "lines": [{"n": 1, "packs": SHIPPED_AT_ONCE}]}  # fmt: skip
            words = ["--db", str(shop.cloud_file), TID, "purchase.confirm"]
            assert run(["command", *words, "--args", json.dumps(args)]) == 0
            until(lambda: rows(shop, "purchase.shipped"), "the supplier has shipped it")
            assert rows(shop, "purchase.confirmed")[0]["fee"] == 0
            (waybill,) = rows(shop, "purchase.shipped")[0]["waybills"]
            shop.devices.scan(waybill)
            until(lambda: shop.books.counter.waiting is Waiting.RECEIVE, "its parcel opened the receiving")
        finally:
            cloud.stop()
