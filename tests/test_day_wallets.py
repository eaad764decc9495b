"""Wallets and the shop day: money that may still come outlives the day, and practice takes none."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES
from test_shifts import CLOSE, DAY_CLOSE, EXACT, papers, said, told
from wallet_bench import ALIPAY, WalletBench, open_shop

from edge.codec.command_card import card_code

HOLD, TRAINING = card_code(107), card_code(187)


@pytest.fixture
def shop(tmp_path: Path) -> WalletBench:
    return open_shop(tmp_path / "shop")


def test_wallets_stand_on_the_report_each_by_its_name(shop: WalletBench) -> None:
    shop.sell(COLA)
    shop.pays(ALIPAY, NOODLES)
    shop.answer("approved")
    shop.end_day()
    (z,) = told(shop, "report.z")
    assert z["pay"] == [{"m": "cash", "n": 1, "amt": 300}, {"m": "alipay", "n": 1, "amt": 450}]
    assert told(shop, "shift.closed")[0]["expected"] == 300, "what a wallet paid is not in the drawer"
    assert "支付宝 1 笔|4.50" in papers(shop)[-1]


def test_a_sale_whose_payment_is_unknown_outlives_the_day_and_is_in_the_next_report(shop: WalletBench) -> None:
    shop.sell(NOODLES)
    shop.pays()
    shop.pass_s(25)
    shop.scan(HOLD, NOODLES, HOLD)
    shop.end_day()
    assert [row["total"] for row in told(shop, "sale.cancelled")] == [450], "the other one had no money in it"
    shop.answer("approved", kind="payment.query")
    assert [sale["total"] for sale in shop.sales()] == [450, 300]
    shop.end_day()
    assert [(z["sales"], z["total"], z["expired"]) for z in told(shop, "report.z")] == [(1, 450, 1), (1, 300, 0)]


@pytest.mark.parametrize("card", [CLOSE, DAY_CLOSE, card_code(161), card_code(164)])
def test_while_a_wallet_is_waited_for_the_day_waits_too(card: str, shop: WalletBench) -> None:
    shop.sell(NOODLES)
    shop.pays()
    shop.as_owner(card)
    assert said(shop).endswith("请稍等") and told(shop, "report.z") == []
    shop.answer("approved")
    assert len(shop.sales()) == 2


def test_practice_takes_no_wallet(shop: WalletBench) -> None:
    shop.scan(TRAINING, COLA, ALIPAY)
    assert (said(shop), shop.asked()) == ("练习时只收现金", [])
    shop.scan(EXACT)
    assert len(told(shop, "training.sale")) == 1 and shop.sales() == []
