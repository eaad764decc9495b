"""Product row 93: what the owner hears and reads of her day, with the X totals on the same slip."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from counter_bench import COLA, NEW_TEA, NOODLES, SCANNER, TISSUES, CounterBench, ean, goods
from link_bench import LinkBench
from test_query_plans import whole_reads
from test_shifts import CLOSE, OPEN, REPORT, papers, said

from edge.codec.command_card import card_code, receipt_code
from edge.codec.escpos import PAPERS, encode_slip
from edge.codec.pcm import OCTETS_PER_S
from edge.codec.spoken_runs import spoken_runs
from edge.messages import Outcome, Say, ScanData
from edge.model.evening import Hour, Margin, SoldLine, best_hours, goods_sold, margin_of
from edge.model.manner import LANGUAGES, Pace
from edge.model.money import Fen, Milli
from edge.model.stock_records import LotNoted
from edge.prompt_pack import shipped_prompts
from edge.synthesizer import EspeakSynthesis, whole

ENGLISH, REFUND, ALL, REPRINT = (card_code(number) for number in (186, 110, 206, 111))
SUMMARY_S = 15.0
"""Product row 93."""
SHELF = (
    goods(COLA, "可乐", 300, cost=Fen(210)),
    goods(NOODLES, "方便面", 450, cost=Fen(500)),
    goods(TISSUES, "纸巾", 1251),
    goods(NEW_TEA, "新茶", None, cost=Fen(900)),
)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    bench = CounterBench(tmp_path / "shop", items=SHELF)
    bench.printer_ready()
    return bench


def paper(shop: CounterBench) -> str:
    """What 今日报告 prints now."""
    shop.scan(REPORT)
    return papers(shop)[-1]


def counted(shop: CounterBench, sku: str, pieces: int) -> None:
    """So many lie on the shelf, as a count would say."""
    tx = shop.begin()
    tx.stock.sold([(sku, Milli(0))])
    tx._write("UPDATE stock SET on_hand = ? WHERE sku = ?", (pieces * 1000, sku))
    tx.commit()


def line(sku: str, pieces: int, fen: int, name: str = "") -> SoldLine:
    return SoldLine(sku, name or sku, Milli(pieces * 1000), Fen(fen))


# --- the slip --------------------------------------------------------------------------------------------------------


def test_one_slip_has_the_sums_of_the_day_and_below_them_what_the_day_says(shop: CounterBench) -> None:
    for _ in range(3):
        shop.sell(COLA, COLA, TISSUES)
    text = paper(shop)
    assert "今日报告" in text and "实收|￥55.53" in text and "销售 3 单|55.53" in text, "the X report is all there"
    assert "钱箱|还没点钱" in text
    assert "毛利（估）|￥5.40\n  毛利率|30%\n  没有进价 1 种|37.53" in text
    assert "卖得最好|\n纸巾 ×3|37.53\n可乐 ×6|18.00" in text
    assert "最忙的时段|\n12点到13点 3 单|55.53" in text
    assert text.endswith("报告完") and len(papers(shop)) == 1
    assert said(shop) == "到现在三单，实收五十五元五角三分，毛利约五元四角，纸巾最好卖"


def test_it_is_all_there_in_english(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(ENGLISH)
    text = paper(shop)
    assert "Net|￥3.00" in text and "Drawer|not counted yet" in text
    assert "Margin (est.)|￥0.90\n  of sales|30%" in text and "Sold best|\n可乐 ×1|3.00" in text
    assert "Best hours|\n12-13 h, 1 sale|3.00" in text and text.endswith("End of report")
    assert said(shop) == "Sales so far: one, three yuan net. Margin about ninety fen. Best: 可乐"


def test_a_day_without_a_sale_has_its_sums_and_nothing_else(shop: CounterBench) -> None:
    text = paper(shop)
    assert "没有销售" in text and said(shop) == "到现在零单，实收零元"
    for word in ("毛利", "卖得最好", "最忙", "卖完了"):
        assert word not in text


def test_a_loss_is_said_to_be_one(shop: CounterBench) -> None:
    shop.sell(NOODLES)
    assert "亏（估）|￥0.50\n  毛利率|-11%" in paper(shop)
    assert said(shop) == "到现在一单，实收四元五角，大约亏五角，方便面最好卖"


def test_of_goods_whose_cost_nobody_knows_no_margin_is_made_up(shop: CounterBench) -> None:
    shop.sell(TISSUES)
    assert "毛利（估）|没有进价，算不出" in paper(shop)
    assert said(shop) == "到现在一单，实收十二元五角一分，纸巾最好卖"


def test_what_came_back_is_neither_sold_nor_earned(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sell(TISSUES)
    shop.scan(REFUND, receipt_code(str(shop.sales()[0]["receipt"])), ALL)
    shop.pass_s(1)
    shop.keys("E")
    text = paper(shop)
    assert "卖得最好|\n纸巾 ×1|12.51" in text and "可乐" not in text
    shop.scan(REFUND, receipt_code(str(shop.sales()[1]["receipt"])), ALL)
    shop.pass_s(1)
    shop.keys("E")
    text = paper(shop)
    assert "卖得最好" not in text and "实收|￥0.00" in text


def test_goods_of_yesterday_that_came_back_today_take_off_what_was_earned(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.end_day()
    shop.clock.pass_s(86_400.0)
    shop.scan(REFUND, receipt_code(str(shop.sales()[0]["receipt"])), ALL)
    shop.pass_s(1)
    shop.keys("E")
    text = paper(shop)
    assert "亏（估）|￥0.90" in text and "毛利率" not in text, "of nothing that was sold there is no share"
    assert said(shop) == "到现在零单，净退三元，大约亏九角"


def test_a_voided_line_was_not_sold(shop: CounterBench) -> None:
    shop.scan(COLA, TISSUES)
    shop.keys("-")
    shop.card(card_code(102))
    assert "纸巾" not in paper(shop)


def test_goods_without_a_barcode_are_sold_but_are_not_what_sells_best(shop: CounterBench) -> None:
    shop.keys("50+")
    shop.card(card_code(102))
    shop.sell(COLA)
    assert "卖得最好|\n无码商品 ×1|50.00\n可乐 ×1|3.00" in paper(shop)
    assert said(shop).endswith("可乐最好卖")


def test_what_a_day_before_had_sold_is_not_of_today(shop: CounterBench) -> None:
    shop.sell(TISSUES)
    shop.end_day()
    shop.sell(COLA)
    text = paper(shop)
    assert "卖得最好|\n可乐 ×1|3.00" in text and "纸巾" not in text


def test_what_is_gone_is_told_where_it_was_counted(shop: CounterBench) -> None:
    counted(shop, COLA, 2)
    counted(shop, NOODLES, 9)
    shop.sell(COLA, COLA, COLA, NOODLES, TISSUES)
    assert "卖完了|\n可乐|账上 -1" in paper(shop)
    assert said(shop).endswith("一种卖完了")


def test_more_than_five_that_are_gone_are_counted_not_listed(tmp_path: Path) -> None:
    codes = [ean(f"69012345680{n}") for n in range(8)]
    shop = CounterBench(tmp_path / "shop", items=[goods(code, f"货{code[-2]}", 100) for code in codes])
    for code in codes:
        counted(shop, code, 1)
    shop.sell(*codes)
    text = paper(shop)
    assert text.count("|账上 0") == 5 and "\n还有 3 种\n" in text and said(shop).endswith("八种卖完了")


def test_what_nobody_buys_is_told_where_money_lies_in_it(shop: CounterBench) -> None:
    counted(shop, COLA, 40)
    counted(shop, NOODLES, 3)
    counted(shop, TISSUES, 5)
    shop.sell(COLA, NOODLES, TISSUES)
    shop.end_day()
    shop.clock.pass_s(20 * 86_400.0)
    shop.sell(TISSUES)
    shop.end_day()
    shop.clock.pass_s(9 * 86_400.0)
    shop.sell(TISSUES)
    text = paper(shop)
    assert "卖不动|\n可乐 ×39|29天 压81元\n方便面 ×2|29天 压10元" in text, "by cost, what most lies in first"
    assert "纸巾 ×2|" not in text


def test_goods_that_were_never_counted_or_are_gone_are_not_dead(shop: CounterBench) -> None:
    counted(shop, NOODLES, 1)
    shop.sell(COLA, NOODLES)
    shop.end_day()
    shop.clock.pass_s(40 * 86_400.0)
    shop.sell(TISSUES)
    assert "卖不动" not in paper(shop)


def dated(shop: CounterBench, sku: str, pieces: int, until: date) -> None:
    counted(shop, sku, 50)
    tx = shop.begin()
    tx.append(LotNoted(sku, Milli(pieces * 1000), until, "noted"))
    tx.commit()


def test_what_expires_is_on_the_paper_by_its_date_and_todays_is_heard(shop: CounterBench) -> None:
    dated(shop, TISSUES, 4, date(2026, 11, 30))
    dated(shop, COLA, 2, date(2026, 11, 23))
    dated(shop, NOODLES, 9, date(2026, 11, 20))
    dated(shop, NEW_TEA, 1, date(2026, 12, 24))
    text = paper(shop)
    assert "已经过期，请下架|\n方便面|11-20 还有 9\n今天到期|\n可乐|11-23 还有 2\n" in text
    assert "七天内到期|\n纸巾|11-30 还有 4\n" in text
    assert "新茶" not in text and said(shop) == "到现在零单，实收零元，今天有一种到期"


def test_the_cost_of_the_last_delivery_counts_before_the_catalogues(shop: CounterBench) -> None:
    tx = shop.begin()
    tx._write("INSERT INTO stock_came VALUES (?, 0, 250)", (COLA,))
    tx.commit()
    shop.sell(COLA)
    assert "毛利（估）|￥0.50" in paper(shop)


def test_the_drawer_that_was_counted_is_in_the_sums(shop: CounterBench) -> None:
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.sell(COLA)
    shop.scan(CLOSE)
    shop.keys("102EE")
    text = paper(shop)
    assert "交班少|1.00" in text and "还没点钱" not in text


def test_hours_are_the_shops_own_and_stand_in_the_order_of_the_day(shop: CounterBench) -> None:
    shop.sell(COLA)
    for hours, what in ((2, TISSUES), (1, COLA), (4, NOODLES)):
        shop.clock.pass_s(hours * 3_600.0)
        shop.sell(what)
    text = paper(shop)
    assert "最忙的时段|\n12点到13点 1 单|3.00\n14点到15点 1 单|12.51\n19点到20点 1 单|4.50" in text


def test_asking_changes_nothing_and_the_paper_comes_again(shop: CounterBench) -> None:
    shop.sell(COLA)
    rows = len(shop.records())
    first, second = paper(shop), paper(shop)
    assert (first, len(shop.records())) == (second, rows)
    for _ in range(3):
        shop.paper(Outcome.DONE)
    shop.card(REPRINT)
    assert (shop.printed[-1].copy_no, shop.printed[-1].slip) == (1, shop.printed[-2].slip)


def test_a_power_cut_in_the_middle_leaves_the_slip_or_nothing(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.paper(Outcome.DONE)
    shop.bus.post(ScanData(SCANNER, REPORT, shop.clock.mono_s + 1))
    steps = 0
    while not papers(shop) and steps < 10:
        shop.bus.run_once()
        steps += 1
    shop.restart()
    shop.printer_ready()
    assert [text.count("卖得最好") for text in papers(shop)] == [1], "its text was on the disk with the request"
    shop.restart()
    assert len(papers(shop)) == 1 and shop.verdict() == ""


def test_it_is_printed_on_every_paper_in_both_languages(shop: CounterBench) -> None:
    counted(shop, COLA, 1)
    shop.sell(COLA, NOODLES, TISSUES)
    for _ in LANGUAGES:
        paper(shop)
        job = shop.begin().print_jobs.of(shop.begin().get("paper.last"))[0]
        for kind in PAPERS.values():
            assert encode_slip(job.slip, kind)
        shop.card(ENGLISH)


def test_it_reads_no_whole_table_that_grows(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop")
    shop.sell(COLA, NOODLES)
    asked: list[str] = []
    shop.ledger._connection.set_trace_callback(asked.append)
    shop.scan(REPORT, card_code(151))
    shop.ledger._connection.set_trace_callback(None)
    assert any("FROM sale JOIN journal" in sql for sql in asked), "nothing was read"
    assert list(whole_reads(shop, asked)) == []


# --- the summary -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_of_a_very_good_day_takes_no_longer_than_15_seconds(language: str) -> None:
    """Every part at once, with the longest numbers that a corner shop has, at the usual pace."""
    long = Say(
        "day.report", amounts=(("a", Fen(987_678)),), words=(("n", "487"),),
        then=(
            Say("day.margin", amounts=(("a", Fen(187_000)),)), Say("day.best", words=(("item", "康师傅红烧牛肉面"),)),
            Say("day.sold_out", words=(("n", "27"),)), Say("exp.today", words=(("n", "12"),)),
        ),
    )  # fmt: skip
    prompts, texts = shipped_prompts(), []
    for part in (long, *long.then):
        texts.append(prompts.text(part.prompt, language, part.amounts, part.words))
    sound = whole(EspeakSynthesis(spoken_runs("，".join(texts), language), Pace.USUAL))
    assert len(sound) / OCTETS_PER_S <= SUMMARY_S


def test_say_again_says_all_of_it_again(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(REPORT)
    first = said(shop)
    shop.card(card_code(182))
    assert said(shop) == first and "最好卖" in first


# --- sums ------------------------------------------------------------------------------------------------------------


def test_the_same_goods_are_one_line_and_what_came_back_whole_is_none() -> None:
    lines = [line("a", 2, 600), line("b", 1, 900), line("a", 1, 300), line("c", 1, 50), line("c", -1, -50)]
    assert [(found.sku, found.qty, found.amount) for found in goods_sold(lines)] == [("a", 3000, 900), ("b", 1000, 900)]


def test_fees_and_what_customers_pay_back_are_no_goods() -> None:
    assert goods_sold([line("send:s-1", 1, 1_800), line("tab:12345678", 1, 5_000)]) == ()


def test_a_margin_counts_weighed_goods_by_the_gram_and_says_what_it_is_blind_for() -> None:
    apples = SoldLine("2100045", "苹果", Milli(735), Fen(733), weighed=True)
    found = margin_of((apples, line("a", 1, 300)), {"2100045": Fen(600)}.get)
    assert found == Margin(Fen(733 - 441), Fen(733), 1, Fen(300)) and found.percent == 40
    assert margin_of((line("a", 1, 300),), lambda _: None) is None


@pytest.mark.parametrize(
    ("earned", "sold", "percent"), [(1, 3, 33), (2, 3, 67), (-1, 3, -33), (5, 0, None), (5, -9, None)]
)
def test_a_share_is_rounded_to_the_next_whole(earned: int, sold: int, percent: int | None) -> None:
    assert Margin(Fen(earned), Fen(sold)).percent == percent


def test_of_hours_alike_the_earlier_one_is_shown() -> None:
    sales = [(9, Fen(100)), (21, Fen(100)), (15, Fen(100)), (8, Fen(50)), (8, Fen(50)), (7, Fen(1))]
    assert best_hours(sales, 2) == (Hour(8, 2, Fen(100)), Hour(9, 1, Fen(100)))
