"""The script of the shop day has in it what a shop day has, and its sums are those of its goods."""

from __future__ import annotations

from collections import Counter

from day_page import PAGE, page
from day_script import Deal, Script, read_script

from edge.reference_cloud.wallets import PLANS

TRANSACTIONS = 120
KINDS = {
    "age", "cancelled", "cash exact", "cash in parts", "cash with change", "cover open", "held and recalled", "label",
    "line voided", "member card", "no sale", "offline", "open price", "other payment", "paper out", "pay-in", "pay-out",
    "post-void", "practice", "price 0", "price check", "promotion", "quantity", "refund", "refund to wallet", "reprint",
    "shift closed", "shift opened", "split tender", "undo", "unknown item", "wallet", "wallet fails", "weighed",
    "X report", "Z report",
}  # fmt: skip
BUNDLED = ("cola", "milk", "gum", "bread", "yogurt", "soap")
"""Goods whose price depends on what else is bought."""
PLAIN_WORDS = ("scan", "card", "keys", "pay", "await")


def test_a_day_has_120_transactions_of_every_kind() -> None:
    script = read_script()
    assert sum(script.booked.values()) >= TRANSACTIONS
    kinds = Counter(deal.kind for deal in script.deals)
    assert set(kinds) == KINDS
    assert kinds["wallet fails"] >= 15


def test_every_behaviour_of_a_wallet_and_every_wallet_is_in_it() -> None:
    shown = [gesture.rest.split() for deal in read_script().deals for gesture in deal.do if gesture.word == "pay"]
    assert {customer for _, customer in shown} >= set(PLANS)
    assert {wallet for wallet, _ in shown} == {"alipay", "wechat", "unionpay", "jdpay", "ecny"}


def test_the_totals_of_plain_baskets_are_the_prices_of_their_goods() -> None:
    script = read_script()
    plain = [deal for deal in script.deals if is_plain(deal, script)]
    assert len(plain) >= 30
    for deal in plain:
        (sale,) = deal.gives
        prices = [script.goods[gesture.rest].fen for gesture in deal.do if gesture.word == "scan"]
        assert sale.fen == sum(fen for fen in prices if fen is not None), deal.what


def test_what_pays_is_the_total() -> None:
    for booked in read_script().booked:
        if booked.pay:
            assert sum(fen for _, fen, _ in booked.pay) == booked.fen, booked


def test_the_page_is_what_the_script_says() -> None:
    assert page() in PAGE.read_text(encoding="utf-8"), "run tests/shop_day/day_page.py"


def is_plain(deal: Deal, script: Script) -> bool:
    """Goods with a price, each once, no promotion; then money."""
    scanned = [gesture.rest for gesture in deal.do if gesture.word == "scan"]
    typed = [gesture.rest for gesture in deal.do if gesture.word == "keys"]
    cards = [gesture.rest for gesture in deal.do if gesture.word == "card"]
    return (
        all(gesture.word in PLAIN_WORDS for gesture in deal.do)
        and len(deal.gives) == 1
        and deal.gives[0].kind == "sale"
        and len(set(scanned)) == len(scanned)
        and sum(name in BUNDLED for name in scanned) <= ("soap" not in scanned)
        and all(script.goods[name].fen is not None and "weighed" not in script.goods[name].more for name in scanned)
        and all(keys.endswith("E") for keys in typed)
        and not {"undo", "remove_next", "pieces_card 5", "pieces_card 6", "weigh"} & set(cards)
    )
