"""The suggestion slip at the counter: what is short, a barcode a line, changed and dropped, confirmed by its owner."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from counter_bench import COLA, NOODLES, TISSUES
from counter_goods import ean, goods
from purchase_bench import CANCEL, OFFERS, STOP, SUGGEST, PurchaseBench, Shelves, offer, slip_of

from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.model.counter import Waiting
from edge.model.purchase import PurchaseState
from edge.store.disk import Space

DAY_S = 24 * 3600.0


def test_the_card_proposes_what_runs_out_with_a_barcode_for_each_line(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    assert order.state is PurchaseState.PROPOSED
    # Six colas a day for nine days are 54, less seven: two packs; three noodles a day are 27, less two: three.
    assert [(line.sku, line.suggested, line.packs) for line in order.lines] == [(NOODLES, 3, 0), (COLA, 2, 0)]
    paper = shop.papers()[-1]
    assert "现有 7 | 建议 2箱 箱规24" in paper
    assert [slip_of(order, n) in paper for n in (0, 1, 2)] == [True] * 3
    assert shop.last_words == "建议补两种，请看单子"
    assert shop.prompts.count("buy.printed") == 1 and "card.later" not in shop.prompts
    assert [row["data"]["po"] for row in shop.records("purchase.suggested")] == [order.id]


def test_what_is_on_order_is_not_proposed_again(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    first = shop.confirmed()
    assert first.state is PurchaseState.CONFIRMED
    shop.card(SUGGEST)
    assert shop.last_words == "都够卖，不用补货"
    assert [order.id for order in shop.orders()] == [first.id]


def test_goods_that_were_never_counted_are_told_and_not_guessed(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path, shelves=Shelves({COLA: 6, TISSUES: 2}, {COLA: 7}))
    order = shop.suggested()
    assert [line.sku for line in order.lines] == [COLA]
    assert "没盘点的1种没有算" in shop.papers()[-1]


def test_a_shop_without_offers_hears_what_is_missing(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path, offers=())
    tx = shop.begin()
    tx.put("offers.version", "0")
    tx.commit()
    shop.card(SUGGEST)
    assert shop.last_words == "没有供货价，请找技术员"
    assert shop.papers() == []


def test_no_more_than_twenty_lines_stand_on_paper(tmp_path: Path) -> None:
    items = [goods(ean(f"6911111111{n:02d}"), f"货{n}", 100) for n in range(25)]
    skus = [item.sku for item in items]
    shelves = Shelves(dict.fromkeys(skus, 2), dict.fromkeys(skus, 0))
    shop = PurchaseBench(tmp_path, items=items, offers=[offer("NEAR", sku, 12, 1_000) for sku in skus], shelves=shelves)
    assert len(shop.suggested().lines) == 20
    assert "还有5种要补，下次再打" in shop.papers()[-1]


def test_a_scanned_line_is_taken_changed_and_dropped(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.hush()
    shop.scan_slip(order, 2)
    assert [speech.text for speech in shop.spoken] == ["可乐，两箱", "还差一百九十二元免运费"]
    shop.keys("5*")
    assert shop.order().line(2).packs == 5  # type: ignore[union-attr]
    assert shop.spoken[-2].text == "可乐，五箱"
    shop.keys("+")
    assert shop.order().line(2).packs == 6  # type: ignore[union-attr]
    assert shop.last_words == "可乐，六箱", "288.00 is free"
    shop.scan_slip(order, 1)
    shop.keys("-")
    assert [(line.n, line.packs) for line in shop.order().lines] == [(1, 0), (2, 6)]
    assert shop.order().state is PurchaseState.EDITED
    assert shop.last_words == "不要方便面"


def test_a_line_that_is_scanned_twice_is_taken_once(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order, 2)
    shop.keys("4*")
    shop.scan_slip(order, 2)
    assert shop.order().line(2).packs == 4  # type: ignore[union-attr]


def test_the_slips_own_barcode_takes_all_of_it_once(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order)
    assert [line.packs for line in shop.order().lines] == [3, 2]
    shop.scan_slip(order, 1)
    shop.keys("-")
    shop.scan_slip(order)
    assert [line.packs for line in shop.order().lines] == [0, 2], "what was dropped stays dropped"


def test_287_99_pays_the_delivery_and_288_00_does_not(tmp_path: Path) -> None:
    for cost, discount, fee in ((14_400, 0, 0), (14_400, 1, 1_500), (14_500, 100, 0), (14_499, 100, 1_500)):
        folder = tmp_path / f"{cost}-{discount}"
        folder.mkdir()
        shop = PurchaseBench(
            folder, offers=[offer("NEAR", COLA, 24, cost, discount=discount)], shelves=Shelves({COLA: 6}, {COLA: 7})
        )
        order = shop.suggested()
        shop.scan_slip(order)
        assert (shop.order().goods, shop.order().fee) == (2 * (cost - discount), fee)
        assert ("还差" in shop.last_words) is bool(fee)


def test_only_the_owner_orders(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order)
    shop.keys("E")
    assert shop.last_words == "一共二百一十九元，请扫店主卡"
    assert shop.order().state is PurchaseState.EDITED
    shop.as_owner()
    assert shop.last_words == "店主同意了，请按确认"
    shop.keys("E")
    assert shop.order().state is PurchaseState.CONFIRMED
    assert shop.last_words == "已确认，联网后下单"
    (row,) = shop.records("purchase.confirmed")
    assert (row["data"]["goods"], row["data"]["fee"], row["data"]["total"]) == (20_400, 1_500, 21_900)
    shop.keys("EE")
    assert len(shop.records("purchase.confirmed")) == 1
    assert "订货单" in shop.papers()[-1]


def test_nothing_chosen_is_no_order(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order, 1)
    shop.keys("-")
    shop.as_owner()
    shop.keys("E")
    assert shop.last_words == "还没选商品，请扫一行"
    assert shop.order().state is PurchaseState.EDITED


def test_after_a_day_a_slip_is_over(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.sleep_s(DAY_S + 60)
    assert [old.state for old in shop.orders()] == [PurchaseState.EXPIRED]
    shop.scan_slip(order, 1)
    assert shop.last_words == "这张单过期了，请重打"
    assert len(shop.records("purchase.expired")) == 1


def test_a_slip_expires_though_the_box_was_off(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.restart(off_s=DAY_S + 60)
    shop.scan_slip(order)
    assert shop.last_words == "这张单过期了，请重打"
    assert [old.state for old in shop.orders()] == [PurchaseState.EXPIRED]


def test_the_slip_of_another_shop_opens_nothing(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    other = f"{(int(order.number) + 1) % 10**9:09d}"
    shop.scan(slip_code(OwnSlip(SlipKind.PURCHASE, f"{other}00")))
    assert shop.last_words == "不是本店的单子"
    shop.scan_slip(order, 77)
    assert shop.last_words == "不是本店的单子"
    assert shop.begin().counter.waiting is Waiting.NOTHING


def test_a_customer_is_served_while_a_slip_lies_there(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order, 2)
    shop.scan(COLA)
    shop.scan_slip(order, 1)
    assert shop.last_words.startswith("先") or "单" in shop.last_words
    assert shop.lines == [("可乐", 300)]
    shop.card(card_code(102))
    shop.scan_slip(order, 1)
    assert [line.packs for line in shop.order().lines] == [3, 2]


def test_the_next_card_replaces_what_nobody_touched_and_reprints_what_somebody_did(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    first = shop.suggested()
    second = shop.suggested()
    assert first.id != second.id
    assert [row["data"]["why"] for row in shop.records("purchase.expired")] == ["newer"]
    shop.scan_slip(second, 2)
    shop.card(STOP, SUGGEST)
    assert shop.order().id == second.id
    assert slip_of(second, 1) in shop.papers()[-1]


def test_power_cuts_keep_what_was_beeped(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order, 2)
    shop.keys("5*")
    shop.restart()
    assert shop.order().line(2).packs == 5  # type: ignore[union-attr]
    assert shop.begin().counter.waiting is Waiting.NOTHING
    shop.scan_slip(order)
    shop.as_owner()
    shop.restart()
    shop.keys("E")
    assert shop.order().state is PurchaseState.EDITED, "the owner's card is forgotten with the power"
    assert shop.verdict() == ""


def test_nobody_orders_in_practice(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.card(card_code(187))
    shop.card(SUGGEST)
    assert shop.last_words != "建议补两种，请看单子"
    shop.scan_slip(order, 1)
    assert shop.order().state is PurchaseState.PROPOSED


def test_an_order_in_hand_is_put_aside_and_a_proposal_cancelled(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order)
    shop.keys("-")
    assert shop.last_words == "单子放下了，还留着"
    shop.scan_slip(order)
    shop.pass_s(200)
    assert shop.begin().counter.waiting is Waiting.NOTHING
    shop.scan_slip(order)
    shop.card(CANCEL)
    assert shop.order().state is PurchaseState.CANCELLED
    assert shop.last_words == "订单已取消"


def test_wrong_numbers_change_nothing(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order, 2)
    for keys in ("1000*", "0.5*"):
        shop.keys(keys)
    assert shop.order().line(2).packs == 2  # type: ignore[union-attr]
    shop.keys("20E")
    assert shop.order().state is PurchaseState.EDITED, "a number and Enter is no yes"


def test_a_number_may_come_before_its_line(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.keys("4*")
    shop.scan_slip(order, 2)
    assert [line.packs for line in shop.order().lines] == [0, 4]
    shop.scan_slip(order)
    shop.keys("7*")
    assert [line.packs for line in shop.order().lines] == [0, 4], "of which line is not known yet"
    shop.scan_slip(order, 1)
    assert [line.packs for line in shop.order().lines] == [7, 4]


def test_a_full_disk_takes_no_orders(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order)
    shop.space = Space(total=100_000_000, free=1_000_000)
    shop.sleep_s(61)
    shop.run_jobs()
    shop.card(SUGGEST)
    assert shop.last_words == "存储满了，只收现金"
    shop.scan_slip(order)
    shop.as_owner()
    shop.keys("E")
    assert shop.last_words == "存储满了，只收现金"
    assert shop.order().state is PurchaseState.EDITED


def test_two_suppliers_get_a_slip_each(tmp_path: Path) -> None:
    offers = [OFFERS[0], offer("FAR", NOODLES, 12, 3_000, lead_days=5)]
    shop = PurchaseBench(tmp_path, offers=offers)
    shop.card(SUGGEST)
    assert sorted((order.supplier, [line.sku for line in order.lines]) for order in shop.orders()) == [
        ("FAR", [NOODLES]), ("NEAR", [COLA]),
    ]  # fmt: skip
    assert sum("补货建议" in paper for paper in shop.papers()) == 2


def test_the_slip_says_why_this_supplier(tmp_path: Path) -> None:
    offers = [offer("NEAR", COLA, 24, 4_800), offer("FAR", COLA, 24, 4_560)]
    shop = PurchaseBench(tmp_path, offers=offers, shelves=Shelves({COLA: 6}, {COLA: 15}))
    order = shop.suggested()
    # 2 packs from afar: 91.20 and 8.00 of delivery; nearby: 96.00 and 15.00.
    assert order.supplier == "FAR"
    paper = shop.papers()[-1]
    assert "*远仓 箱规24 2天 | ￥2.07/件" in paper
    assert " 近仓 箱规24 2天 | ￥2.32/件" in paper
    assert "选*：便宜" in paper


def test_a_supplier_who_comes_too_late_loses(tmp_path: Path) -> None:
    offers = [offer("NEAR", COLA, 24, 4_800, lead_days=1), offer("FAR", COLA, 24, 4_560, lead_days=5)]
    shop = PurchaseBench(tmp_path, offers=offers, shelves=Shelves({COLA: 6}, {COLA: 7}))
    assert shop.suggested().supplier == "NEAR"
    assert "选*：来得及" in shop.papers()[-1]


def test_an_offer_of_an_unknown_supplier_is_left_out(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path, offers=[replace(OFFERS[0], supplier="GONE")])
    shop.card(SUGGEST)
    assert shop.orders() == []


def test_what_an_accepted_plan_dropped_is_not_proposed(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    tx = shop.begin()
    tx.plans.drop(COLA)
    tx.commit()
    assert [line.sku for line in shop.suggested().lines] == [NOODLES]


def test_goods_that_a_plan_brought_are_proposed_until_they_are_ordered(tmp_path: Path) -> None:
    yoghurt = "6911111111118"
    shop = PurchaseBench(tmp_path, offers=(*OFFERS, offer("NEAR", yoghurt, 6, 1_200)))
    tx = shop.begin()
    tx.plans.wish(yoghurt, "酸奶")
    tx.commit()
    order = shop.suggested()
    assert (order.lines[0].sku, order.lines[0].name, order.lines[0].suggested) == (yoghurt, "酸奶", 1)
    shop.scan_slip(order, 1)
    shop.as_owner()
    shop.keys("E")
    assert shop.begin().plans.wishes() == []
    shop.card(SUGGEST)
    assert yoghurt not in {line.sku for order in shop.orders(PurchaseState.PROPOSED) for line in order.lines}
