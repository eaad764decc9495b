"""The shop's own QR code with real processes: a signed notice closes the sale that waits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Mosquitto
from shop_bench import COLA, TID, Program, shop_on, until

from edge.clock import SystemClock, iso_ms
from edge.reference_cloud.main import run


@pytest.mark.slow
def test_money_on_the_shops_own_code_closes_the_sale_on_the_real_till(broker: Mosquitto, tmp_path: Path) -> None:
    secret, public = tmp_path / "secret.key", tmp_path / "keys.toml"
    assert run(["keygen", "--kid", "k1", "--secret", str(secret), "--public", str(public)]) == 0
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        shop.config.write_text(
            shop.config.read_text(encoding="utf-8").replace("[cloud]", f'[cloud]\ncommand_keys = "{public}"'), "utf-8"
        )
        cloud = Program(
            "cloud", "--url", f"mqtt://127.0.0.1:{broker.port}", "--db", str(shop.cloud_file), "--command-key",
            str(secret), log=tmp_path / "cloud.log",
        )  # fmt: skip
        cloud.start()
        try:
            shop.open()
            until(lambda: shop.health()["link"] == "online", "the cloud is there")
            shop.put_in_basket(COLA)
            shop.devices.scan("ZZ1014")
            until(lambda: shop.terminal.said("一共"), "the total was said")
            args = {"pid": "019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f", "m": "alipay", "amt": 350, "cur": "CNY",
                    "at": iso_ms(SystemClock().wall())}  # fmt: skip
            words = ["--db", str(shop.cloud_file), TID, "payment.received"]
            assert run(["command", *words, "--args", json.dumps(args)]) == 0
            until(lambda: shop.books.sold == 1, "the notice closed the sale")
            assert shop.books.sales()[0]["data"]["pay"][0]["m"] == "alipay"
            until(lambda: shop.terminal.said("本单已收齐"), "it says so")
        finally:
            cloud.stop()
