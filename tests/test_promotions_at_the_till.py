"""Promotions at the counter: scanned, spoken, shown, held, paid, printed, journaled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, SCANNER, SHELF, STRANGE, TISSUES, CounterBench, Habits, ean, goods

from edge.codec.basket import read_counter, write_counter
from edge.codec.command_card import card_code, find_own_code, receipt_code
from edge.codec.gtin import check_digit
from edge.codec.json_text import compact
from edge.codec.wire_term import MAX_EVENT_OCTETS
from edge.messages import CouponPresented, ScanData, View
from edge.model.counter import Counter
from edge.model.membership import MAX_COUPONS, with_coupon, with_member
from edge.model.money import Fen
from edge.model.promotion import Promotion
from edge.model.refund import Refund, with_all, with_line
from edge.model.sale import ONE_PIECE, Method, State, Tender, add_item
from edge.model.slip import Row
from edge.promotion_file import read_promotions
from edge.toml_file import TomlFile

REMOVE_LAST, UNDO, CANCEL, HOLD, RECALL, CHECK = "-", "ZZ1052", "ZZ1069", "ZZ1076", "ZZ1083", "ZZ1090"
EXACT, SUBTOTAL, REFUND = card_code(102), card_code(101), card_code(110)
NUMBER = Habits().members.of("87654321")
MEMBER = f"M87654321{check_digit('87654321')}"
OTHER_MEMBER = f"M12345678{check_digit('12345678')}"
FILE = f"""\
[cola-3]
kind = "multi_buy"
name = "可乐3件8元"
skus = ["{COLA}"]
count = 3
price_fen = 800
[noodles-member]
kind = "member_price"
name = "方便面会员价"
skus = ["{NOODLES}"]
price_fen = 400
[from-20]
kind = "threshold"
name = "满20减2"
from_fen = 2000
off_fen = 200
[tissue-coupon]
kind = "coupon"
name = "纸巾减1元券"
skus = ["{TISSUES}"]
off_fen = 100
[noodles-november]
kind = "simple"
name = "方便面特价"
skus = ["{NOODLES}"]
price_fen = 420
ends = 2026-11-23
"""


def promotions() -> tuple[Promotion, ...]:
    return read_promotions(TomlFile("promotions.toml", FILE))


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop", Habits(promotions=promotions()))


def total(shop: CounterBench) -> int:
    assert shop.sale is not None
    return shop.sale.total


def test_the_third_cola_adds_what_is_left_of_the_deal(shop: CounterBench) -> None:
    shop.scan(COLA, COLA)
    assert shop.last_words == "可乐，三元"
    shop.scan(COLA)
    assert shop.last_words == "可乐，两元"
    assert shop.lines == [("可乐", 267), ("可乐", 267), ("可乐", 266)]
    assert shop.shown[-1].amount == 800


def test_a_quantity_reaches_the_deal_and_leaves_it(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("3*")
    assert (shop.last_words, shop.lines) == ("可乐，三件，八元", [("可乐", 800)])
    shop.keys("2*")
    assert shop.lines == [("可乐", 600)]


def test_a_removed_line_takes_its_deal_with_it_and_undo_brings_it_back(shop: CounterBench) -> None:
    shop.scan(COLA, COLA, COLA)
    shop.keys("-")
    assert total(shop) == 600
    shop.card(UNDO)
    assert total(shop) == 800
    shop.keys("-")
    shop.card(EXACT)
    (sale,) = shop.sales()
    assert (sale["total"], sale["disc"]) == (600, 0)
    assert all("disc" not in line and "promo" not in line for line in sale["lines"])
    assert sum(line["amt"] for line in sale["lines"]) == 600


def test_the_subtotal_says_what_was_saved_once_and_the_total_last(shop: CounterBench) -> None:
    shop.scan(COLA, COLA, COLA)
    shop.card(SUBTOTAL)
    assert [speech.text for speech in shop.spoken][-2:] == ["已优惠一元", "一共八元"]
    shop.card(SUBTOTAL)
    assert shop.prompts.count("promo.got") == 1
    assert shop.last_words == "一共八元"


def test_a_near_threshold_is_told_at_the_subtotal_and_shown(shop: CounterBench) -> None:
    shop.scan(TISSUES, NOODLES)
    shop.card(SUBTOTAL)
    assert total(shop) == 1671
    assert [speech.text for speech in shop.spoken][-3:] == [
        "已优惠三角", "再买三元两角九分，可减两元", "一共十六元七角一分",
    ]  # fmt: skip
    assert (shop.shown[-1].view, shop.shown[-1].name, shop.shown[-1].amount) == (View.TOTAL, "再买￥3.29减￥2", 1671)


def test_a_threshold_that_is_far_or_reached_is_not_told(shop: CounterBench) -> None:
    shop.scan(TISSUES)
    shop.card(SUBTOTAL)
    assert shop.shown[-1].name == "" and "promo.hint" not in shop.prompts
    shop.scan(TISSUES)
    assert shop.last_words == "纸巾，十元五角一分"
    shop.card(SUBTOTAL)
    assert total(shop) == 2302 and shop.shown[-1].name == "" and "promo.hint" not in shop.prompts


def test_a_sale_stays_as_it_was_frozen_until_the_next_change(shop: CounterBench) -> None:
    shop.scan(NOODLES)
    shop.card(SUBTOTAL)
    assert total(shop) == 420
    shop.sleep_s(86_400)
    shop.card(SUBTOTAL)
    assert total(shop) == 420
    shop.scan(COLA)
    assert total(shop) == 450 + 300


def test_a_basket_with_its_savings_stands_after_a_power_cut(shop: CounterBench) -> None:
    shop.scan(COLA, COLA, MEMBER, COLA)
    before = shop.sale
    shop.restart()
    assert shop.sale == before and before is not None and before.member == NUMBER and before.discount == 100
    shop.card(EXACT)
    assert shop.sales()[-1]["disc"] == 100


def test_the_journal_has_each_discount_and_never_the_member(shop: CounterBench) -> None:
    shop.scan(MEMBER, NOODLES, COLA, COLA, COLA, TISSUES)
    shop.card(EXACT)
    (sale,) = shop.sales()
    assert (sale["total"], sale["disc"]) == (2251, 100 + 50 + 200)
    assert "member" not in sale


def test_a_sale_adds_up_on_the_wire(shop: CounterBench) -> None:
    shop.scan(COLA, COLA, COLA, TISSUES)
    shop.card(EXACT)
    (sale,) = shop.sales()
    assert (sale["total"], sale["disc"]) == (800 + 1251 - 200, 300)
    assert sum(line["amt"] for line in sale["lines"]) == sale["total"]
    assert sum(line["disc"] for line in sale["lines"]) == sale["disc"] == sum(saved["amt"] for saved in sale["promos"])
    assert [line["promo"] for line in sale["lines"]] == ["cola-3,from-20"] * 3 + ["from-20"]
    assert sale["promos"] == [
        {"id": "cola-3", "name": "可乐3件8元", "amt": 100}, {"id": "from-20", "name": "满20减2", "amt": 200},
    ]  # fmt: skip
    assert sum(part["amt"] for part in sale["pay"]) == sale["total"] + sale["rounding"]


def test_the_receipt_shows_each_saving_and_their_sum(shop: CounterBench) -> None:
    shop.printer_ready()
    shop.scan(COLA, COLA, COLA, TISSUES)
    shop.card(EXACT)
    rows = [(row.left, row.right) for row in shop.printed[-1].slip.blocks if isinstance(row, Row)]
    assert rows[1:10] == [
        ("可乐", "3.00"), ("可乐", "3.00"), ("可乐", "3.00"), ("纸巾", "12.51"), ("件数 4", ""),
        ("原价合计", "21.51"), ("  可乐3件8元", "-1.00"), ("  满20减2", "-2.00"), ("已优惠", "3.00"),
    ]  # fmt: skip
    assert rows[10] == ("合计", "￥18.51")


def test_a_member_card_reprices_before_and_after_the_goods(shop: CounterBench) -> None:
    shop.scan(MEMBER)
    assert shop.prompts[-1] == "member.ok" and shop.sale is not None
    shop.scan(NOODLES)
    assert shop.last_words == "方便面，四元"
    shop.card(CANCEL, CANCEL)
    shop.scan(NOODLES)
    shop.card(SUBTOTAL)
    assert total(shop) == 420
    shop.scan(MEMBER)
    assert total(shop) == 400 and shop.sale is not None and shop.sale.state is State.OPEN
    shop.card(EXACT)
    assert shop.sales()[-1]["total"] == 400


def test_the_number_of_a_member_is_neither_spoken_nor_journaled_nor_sent(shop: CounterBench) -> None:
    shop.scan(MEMBER, NOODLES)
    shop.card(EXACT)
    shop.scan(MEMBER)
    shop.pass_s(60)
    assert [row["type"] for row in shop.records("sale.cancelled")] == ["sale.cancelled"]
    told = [speech.text for speech in shop.spoken] + [str(row) for row in shop.records()]
    assert not any("87654321" in text for text in told)
    assert not any(b"87654321" in sent.payload for sent in shop.published)


def test_a_member_card_that_is_misread_is_said(shop: CounterBench) -> None:
    shop.scan(NOODLES, MEMBER[:-1] + str((int(MEMBER[-1]) + 1) % 10))
    assert shop.prompts[-1] == "scan.bad" and total(shop) == 420


@pytest.mark.parametrize("digits", ["1234567", "8765432190123"])
def test_a_member_card_has_8_to_12_digits(digits: str) -> None:
    assert find_own_code(f"M{digits}{check_digit(digits)}") is None


def test_a_question_for_a_price_stands_after_a_member_card(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    assert shop.prompts[-1] == "item.unknown"
    shop.scan(MEMBER)
    shop.keys("2E")
    assert total(shop) == 200 and shop.sale is not None and shop.sale.member == NUMBER


def test_undo_takes_the_member_price_back_and_says_the_total(shop: CounterBench) -> None:
    shop.scan(NOODLES, MEMBER, OTHER_MEMBER)
    shop.card(UNDO)
    assert (shop.last_words, total(shop)) == ("换回前一张会员卡，一共四元", 400)
    assert shop.sale is not None and shop.sale.member == NUMBER
    shop.scan(MEMBER)
    shop.card(UNDO)
    assert (shop.last_words, total(shop)) == ("会员价取消，一共四元两角", 420), "the same card again is no step"
    shop.card(UNDO)
    assert shop.prompts[-1] == "undo.done" and shop.lines == []


def test_a_coupon_holds_once_it_is_presented(shop: CounterBench) -> None:
    shop.scan(TISSUES)
    shop.tell(CouponPresented("tissue-coupon", shop.clock.mono_s))
    assert total(shop) == 1151 and shop.prompts[-1] == "coupon.ok"
    shop.tell(CouponPresented("tissue-coupon", shop.clock.mono_s))
    shop.keys("2*")
    assert shop.sale is not None and shop.sale.coupons == ("tissue-coupon",)
    assert total(shop) == 2 * 1251 - 100 - 200


def test_neither_card_nor_coupon_is_taken_once_something_is_paid(shop: CounterBench) -> None:
    shop.scan(TISSUES)
    tx = shop.begin()
    paid = replace(tx.counter.sale, state=State.SUBTOTAL, tenders=(Tender(Method.CASH, Fen(1)),))
    tx.keep(Counter(sale=paid))
    tx.commit()
    shop.scan(MEMBER)
    assert shop.prompts[-1] == "member.late" and shop.sale == paid


def test_a_purse_full_of_coupons_has_an_end(shop: CounterBench) -> None:
    shop.scan(TISSUES)
    for n in range(MAX_COUPONS + 1):
        shop.tell(CouponPresented(f"c{n}", shop.clock.mono_s))
    assert shop.prompts[-1] == "member.late"
    assert shop.sale is not None and len(shop.sale.coupons) == MAX_COUPONS


def test_a_price_check_names_the_promotions(shop: CounterBench) -> None:
    shop.card(CHECK)
    shop.scan(NOODLES)
    assert shop.last_words == "查价：方便面，四元五角，方便面会员价，方便面特价"
    shop.card(CHECK)
    shop.scan(TISSUES)
    assert shop.last_words == "查价：纸巾，十二元五角一分"


def test_a_held_sale_comes_back_at_what_holds_now(shop: CounterBench) -> None:
    shop.scan(NOODLES)
    shop.card(HOLD)
    shop.sleep_s(86_400)
    shop.card(RECALL)
    assert shop.last_words.endswith("四元五角") and total(shop) == 450


def test_a_sale_full_of_promotions_still_fits_one_event(tmp_path: Path) -> None:
    codes = [ean(f"6920000000{n:02d}") for n in range(100)]
    shelf = [
        goods(code, f"{n}很长很长很长很长很长很长很长的名字", 99_999, unit="大号纸箱") for n, code in enumerate(codes)
    ]
    text = "".join(
        f'[a-rather-long-promo-id{n}]\nkind = "simple"\nname = "一个相当长的促销名字第{n}号"\n'
        f'skus = ["{code}"]\npercent = 7\n'
        for n, code in enumerate(codes)
    )
    full = CounterBench(tmp_path / "full", Habits(promotions=read_promotions(TomlFile("p", text))), items=shelf)
    full.scan(*codes)
    assert full.prompts[-1] == "sale.no_room"
    full.card(EXACT)
    (row,) = full.records("sale.completed")
    body = row["data"]
    assert len(compact(body).encode()) < MAX_EVENT_OCTETS - 500
    assert len(body["lines"]) == len(body["promos"]) > 40
    assert all((line["amt"], line["disc"]) == (92_999, 7_000) for line in body["lines"])


def test_two_scanners_and_the_same_goods_cost_the_same(shop: CounterBench) -> None:
    for code, device in ((COLA, SCANNER), (TISSUES, "other"), (COLA, "other"), (COLA, SCANNER)):
        shop.pass_s(0.5)
        shop.tell(ScanData(device, code, shop.clock.mono_s))
    assert total(shop) == 800 + 1251 - 200


def test_a_basket_of_before_promotions_is_still_read(shop: CounterBench) -> None:
    shop.scan(COLA)
    sale = shop.sale
    assert sale is not None
    text = write_counter(Counter(sale=sale))
    assert "promo" not in text and "dept" not in text
    assert read_counter(text).sale == sale


def test_what_a_basket_knows_of_promotions_comes_back(shop: CounterBench) -> None:
    shop.scan(COLA, COLA, COLA, MEMBER)
    assert shop.sale is not None
    sale = with_coupon(with_member(shop.sale, "987654321"), "tissue-coupon")
    odd = replace(sale, lines=(replace(sale.lines[0], dept="drinks", overridden=True), *sale.lines[1:]))
    assert read_counter(write_counter(Counter(sale=odd))).sale == odd
    assert add_item(odd, SHELF[1]).lines[-1].discount == 0


def test_one_more_of_an_overridden_line_has_that_price_and_no_promotion_either(shop: CounterBench) -> None:
    shop.scan(COLA)
    tx = shop.begin()
    sale = tx.counter.sale
    tx.keep(
        Counter(sale=replace(sale, lines=(replace(sale.lines[0], price=Fen(250), amount=Fen(250), overridden=True),)))
    )
    tx.commit()
    shop.keys("++")
    assert shop.lines == [("可乐", 250)] * 3


def test_goods_of_a_deal_come_back_for_what_was_paid_for_them(shop: CounterBench) -> None:
    shop.scan(COLA, COLA, COLA, TISSUES)
    shop.card(EXACT)
    tx = shop.begin()
    sale = tx.sales.last().sale
    tx.rollback()
    # 267 + 267 + 266 + 1251 = 2051, less 200: 240.96, 240.96, 240.06, 1129.01
    assert [line.amount for line in sale.standing] == [241, 241, 240, 1129]
    none = Refund("r", of=sale.id, receipt="261123-1-0001")
    assert with_line(none, sale, sale.standing[0], ONE_PIECE, {}).total == 241
    assert with_all(none, sale, {}).total == sale.total == 1851


def test_a_member_card_amid_a_refund_begins_no_sale(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(REFUND)
    shop.scan(MEMBER)
    assert shop.sale is None and shop.prompts[-1] == "refund.scan"
    shop.scan(receipt_code(shop.sales()[-1]["receipt"]))
    shop.scan(MEMBER)
    assert shop.sale is None and shop.prompts[-1].startswith("refund.")


def test_a_member_card_does_not_change_what_enter_was_asked_to_confirm(shop: CounterBench) -> None:
    shop.scan(COLA, card_code(103))
    asked = shop.last_words
    shop.scan(MEMBER)
    assert shop.last_words == asked
    shop.keys("E")
    assert [part["m"] for part in shop.sales()[-1]["pay"]] == ["external_unverified"]


def test_a_line_that_would_make_the_bill_cheaper_than_what_is_paid_is_refused(shop: CounterBench) -> None:
    shop.scan(COLA, TISSUES)
    shop.keys("4.4+19.9E")
    paid = shop.sale.paid if shop.sale else 0
    assert (paid, shop.sales()) == (1_990, [])
    shop.keys("0.3+")
    assert shop.sale is not None and shop.sale.due >= 0, "the bill is cheaper from 20 on"
    assert shop.last_words == "已收十九元九角，先撤销收款再改"
