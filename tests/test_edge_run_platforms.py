"""One day of a shop with three platforms, on real processes: parcels, wallets and orders of each, and their books."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import Mosquitto
from shop_bench import COLA, NOODLES, TID, WATER, Program, Shop, disagreements, shop_on, until

from edge.__main__ import main
from edge.codec.command_card import card_code
from edge.config import load_settings
from edge.model.money import Fen
from edge.platform_file import load_platforms, platform_names
from edge.reference_cloud.main import run

PARCEL_IN, STOP, SUBTOTAL, SUGGEST = (card_code(number) for number in (131, 190, 101, 173))
CAINIAO, JD, EMS = "621000000000042", "JDX000000000042", "1012345678901"
ALIPAY, JD_PAY = "28" + "1" * 16, "18" + "2" * 16
"""The reference cloud's wallets pay such codes at once."""


def rows(shop: Shop, kind: str) -> list[dict[str, Any]]:
    return [row["data"] for row in shop.books.journal() if row["type"] == kind]


def furnish(shop: Shop, folder: Path) -> None:
    """A station of all three platforms, who may give licences, and who may confirm an order."""
    command = key(folder, "k1", "command")
    keys = [key(folder, f"{name}-1", name) for name in platform_names()]
    trusted = folder / "licence-keys.toml"
    trusted.write_text("".join(path.read_text(encoding="utf-8") for path in keys), encoding="utf-8")
    text = shop.config.read_text(encoding="utf-8").replace("[cloud]", f'[cloud]\ncommand_keys = "{command}"')
    active = json.dumps(list(platform_names()))
    text += f'\n[parcels]\n\n[platforms]\nactive = {active}\nlicence_keys = "{trusted}"\n'
    shop.config.write_text(text, encoding="utf-8")
    offers = folder / "offers.csv"
    offers.write_text(f"supplier,gtin,pack,cost_fen\nLST,{COLA},24,4800\nULE,{NOODLES},12,3700\n", encoding="utf-8")
    assert main(["offers", "import", "--config", str(shop.config), str(offers)]) == 0
    shop.sold_for_weeks(COLA, NOODLES)


def key(folder: Path, kid: str, name: str) -> Path:
    public = folder / f"{name}.toml"
    words = ["--kid", kid, "--secret", str(folder / f"{name}.key"), "--public", str(public)]
    assert run(["keygen", *words]) == 0
    return public


def license_all(shop: Shop, folder: Path) -> None:
    store = load_settings(shop.config).terminal.store
    for name in platform_names():
        words = ["--db", str(shop.cloud_file), "--key", str(folder / f"{name}.key"), "--tid", TID, "--platform", name]
        days = ["--store", store, "--no", f"{name}-1", "--from", "2026-01-01", "--until", "2099-12-31"]
        assert run(["licence", "issue", *words, *days]) == 0
    until(lambda: all(worth == "until 2099-12-31" for *_, worth in shop.health()["licences"]), "all licences stand")


def take_in(shop: Shop, *waybills: str) -> None:
    shop.devices.scan(PARCEL_IN)
    until(lambda: shop.terminal.said("请扫快递单"), "parcels are taken in")
    for number, waybill in enumerate(waybills, 1):
        shop.devices.scan(waybill)
        until(partial(_are_stored, shop, number), f"{waybill} is stored")
    shop.devices.scan(STOP)


def _are_stored(shop: Shop, number: int) -> bool:
    return len(rows(shop, "parcel.stored")) == number


def pay(shop: Shop, code: str, goods: str) -> None:
    sold = shop.books.sold
    shop.put_in_basket(goods)
    shop.devices.scan(SUBTOTAL)
    shop.devices.scan(code)
    until(lambda: shop.books.sold > sold, "the wallet paid")


def order_goods(shop: Shop) -> None:
    """The card, and the owner's yes from the phone to each proposal."""
    shop.devices.scan(SUGGEST)
    until(lambda: len(rows(shop, "purchase.suggested")) == 2, "two suppliers are proposed")
    for order in rows(shop, "purchase.suggested"):
        (line,) = order["lines"]
        goods = Fen(line["packs"] * line["cost"])
        supplier = load_platforms(platform_names()).supplier(order["supplier"])
        assert supplier is not None
        args = {"po": order["po"], "lines": [{"n": line["n"], "packs": line["packs"]}],
                "total": goods + supplier.fee(goods)}  # fmt: skip
        words = ["--db", str(shop.cloud_file), TID, "purchase.confirm"]
        assert run(["command", *words, "--args", json.dumps(args)]) == 0
    until(lambda: len(rows(shop, "purchase.placed")) == 2, "both suppliers have their order")


@pytest.mark.slow
def test_parcels_wallets_and_suppliers_of_three_platforms_share_one_day(broker: Mosquitto, tmp_path: Path) -> None:
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        furnish(shop, tmp_path)
        cloud = Program(
            "cloud", "--url", f"mqtt://127.0.0.1:{broker.port}", "--db", str(shop.cloud_file), "--command-key",
            str(tmp_path / "command.key"), log=tmp_path / "cloud.log",
        )  # fmt: skip
        cloud.start()
        try:
            shop.open()
            until(lambda: shop.health()["link"] == "online", "the cloud is there")
            license_all(shop, tmp_path)
            take_in(shop, CAINIAO, JD, EMS)
            pay(shop, ALIPAY, WATER)
            pay(shop, JD_PAY, WATER)
            order_goods(shop)
            until(shop.synced, "the cloud has all")
        finally:
            cloud.stop()
        carriers = [row["carrier"] for row in rows(shop, "parcel.stored")]
        assert carriers == ["CAINIAO", "JD", "CHINA_POST"]
        assert [row["pay"][0]["m"] for row in rows(shop, "sale.completed")] == ["alipay", "jdpay"]
        assert {row["supplier"] for row in rows(shop, "purchase.suggested")} == {"LST", "ULE"}
        assert disagreements(shop) == []
