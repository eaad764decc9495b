"""A customer's tab on real processes, cables and a broker: card by card, with a kill between, and in the cloud."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Mosquitto
from shop_bench import COLA, NOODLES, Shop, disagreements, shop_on, until
from tab_bench import MEMBER, TAB

from edge.codec.command_card import card_code
from edge.sim.owner import OWNERS_CARD, hand_out

EXACT, YES, TWO, FIVE, NOUGHT, AGAIN = (card_code(number) for number in (102, 233, 222, 225, 220, 182))


def hear(shop: Shop, code: str, words: str) -> None:
    heard = len(shop.terminal.said(words))
    shop.devices.scan(code)
    until(lambda: len(shop.terminal.said(words)) > heard, f"{code} is answered by {words}")


@pytest.mark.slow
def test_a_tab_is_opened_charged_and_paid_back_and_outlives_a_kill(broker: Mosquitto, tmp_path: Path) -> None:
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        hand_out(shop.folder / "data", datetime(2026, 11, 23, tzinfo=UTC))
        shop.open()
        hear(shop, OWNERS_CARD.text, "店主已确认")
        hear(shop, TAB, "请扫顾客的卡")
        hear(shop, MEMBER, "输入赊账额度")
        shop.devices.scan(FIVE)
        shop.devices.scan(NOUGHT)
        hear(shop, YES, "最多赊五十元")
        hear(shop, AGAIN, "最多赊五十元")  # the same card twice within a moment is one scan
        hear(shop, YES, "赊账开好了")
        shop.put_in_basket(COLA)
        shop.put_in_basket(NOODLES)
        hear(shop, TAB, "请扫顾客的卡")
        hear(shop, MEMBER, "共欠")
        hear(shop, YES, "已记账")
        shop.terminal.kill()
        shop.open()
        hear(shop, TAB, "请扫顾客的卡")
        hear(shop, MEMBER, "确认打印")
        shop.devices.scan(TWO)
        hear(shop, YES, "赊账还款，两元")
        hear(shop, EXACT, "账上共欠")
        shop.cloud.start()
        until(shop.synced, "the cloud has all")
        rows = shop.books.journal()
        assert disagreements(shop) == []
    charged, repaid = (
        next(row["data"] for row in rows if row["type"] == kind) for kind in ("tab.charged", "tab.repaid")
    )
    assert charged["balance"] == charged["amt"]
    assert (repaid["amt"], repaid["balance"]) == (200, charged["amt"] - 200)
