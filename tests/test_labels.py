"""Labels of the shop's scale at the till: price, weight, count; wrong, empty and unknown ones; and their settings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from counter_bench import COLA, Habits
from weighing_bench import GRAPES, GRAPES_CODE, LABELS, WeighingBench

from edge.codec.basket import completed_sale
from edge.codec.command_card import card_code, receipt_code
from edge.codec.gtin import check_digit
from edge.codec.instore import LabelTemplate
from edge.config import Settings, load_settings, sources
from edge.errors import SettingsError
from edge.model.counter import Waiting
from edge.model.money import Fen

SHORT = '[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "data"\n'
CHECK = "ZZ1090"
REMOVE = "ZZ1045"


def label(digits: str) -> str:
    return digits + check_digit(digits)


PRICE = label("210004501755")
"""Grapes for 17.55."""
WEIGHT = label("220004500585")
"""585 g of grapes."""
BOTH = label("21000450175500585")
CAS = label("230004501755") + "03000"
COUNT = label("240000900006")


@pytest.fixture
def shop(tmp_path: Path) -> WeighingBench:
    return WeighingBench(tmp_path)


def only_line(shop: WeighingBench) -> tuple[str, int, int, int]:
    assert shop.sale is not None
    (line,) = shop.sale.standing
    return line.name, line.qty, line.price, line.amount


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (PRICE, ("葡萄", 1000, 1755, 1755)),
        (WEIGHT, ("葡萄", 585, 3000, 1755)),
        (BOTH, ("葡萄", 585, 3000, 1755)),
        (CAS, ("葡萄", 1000, 1755, 1755)),
        (COUNT, ("馒头", 6000, 100, 600)),
        (label("220012300333"), ("苹果", 333, 999, 332)),
    ],
    ids=["price", "weight", "both", "price and unit price", "count", "cut to the fen"],
)
def test_a_label_sells_the_goods_of_its_number(shop: WeighingBench, code: str, line: tuple[str, int, int, int]) -> None:
    shop.scan(code)
    assert only_line(shop) == line
    shop.card("ZZ1021")
    (sold,) = shop.sales()[0]["lines"]
    assert sold["scale"] == code
    assert completed_sale("s", json.loads(json.dumps(shop.sales()[0]))).lines[0].scale == code


def test_the_price_on_the_label_wins_over_the_catalogue(shop: WeighingBench) -> None:
    shop.scan(label("210004500999"))
    assert only_line(shop)[3] == 999


@pytest.mark.parametrize(("fen", "is_sold"), [(1754, True), (1755, True), (1756, True), (1753, False), (1757, False)])
def test_price_and_weight_must_agree_to_the_fen(shop: WeighingBench, fen: int, *, is_sold: bool) -> None:
    shop.scan(label(f"2100045{fen:05d}00585"))
    if is_sold:
        assert only_line(shop)[1:] == (585, 3000, fen)
    else:
        assert shop.lines == []
        assert shop.last_words == "标签价不对，请重新称"


@pytest.mark.parametrize(
    ("units", "digits", "is_sold"),
    [
        ((10, 1), "25000450017500585", True), ((10, 1), "25000450017600585", True),
        ((10, 1), "25000450017400585", False), ((10, 1), "25000450017700585", False),
        ((100, 1), "25000450001700585", True), ((100, 1), "25000450001800585", True),
        ((100, 1), "25000450001900585", False),
        ((1, 10), "25000450175500058", True), ((1, 10), "25000450175500059", True),
        ((1, 10), "25000450175500057", False), ((1, 10), "25000450175500060", False),
        ((10, 10), "25000450017500058", True), ((10, 10), "25000450017600059", True),
        ((10, 10), "25000450017500060", False),
    ],
)  # fmt: skip
def test_price_and_weight_must_agree_to_the_steps_of_the_label(
    tmp_path: Path, units: tuple[int, int], digits: str, *, is_sold: bool
) -> None:
    """17.55 for 585 g, rounded or cut by the scale to its steps."""
    template = LabelTemplate("FFWWWWWEEEEENNNNNC", ("25",), *units)
    shop = WeighingBench(tmp_path, habits=Habits(scale="scale", labels=(template,)))
    shop.scan(label(digits))
    assert bool(shop.lines) is is_sold
    assert is_sold or shop.prompts[-1] == "label.differs"


def test_a_wrong_check_digit_is_scanned_again(shop: WeighingBench) -> None:
    shop.scan(PRICE[:-1] + str((int(PRICE[-1]) + 1) % 10))
    assert shop.prompts[-1] == "scan.bad"
    assert shop.lines == []


def test_an_18_digit_label_may_count_its_check_digit_from_the_left(
    shop: WeighingBench, caplog: pytest.LogCaptureFixture
) -> None:
    digits = BOTH[:-1]
    forward = -(sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10
    with caplog.at_level("INFO", logger="edge.scan"):
        shop.scan(f"{digits}{forward}")
    assert only_line(shop)[3] == 1755
    assert "counted from the left" in caplog.text


@pytest.mark.parametrize("digits", ["210004500000", "220004500000", "21000450000000585", "21000450175500000"])
def test_a_label_of_nothing_is_weighed_again(shop: WeighingBench, digits: str) -> None:
    shop.scan(label(digits))
    assert shop.last_words == "标签是空的，请重新称"
    assert shop.lines == []


def test_a_weight_that_costs_nothing_is_no_sale(shop: WeighingBench) -> None:
    shop.scan("ZZ1120")
    shop.keys("7E0.1E")
    shop.card("ZZ1908", card_code(113))
    shop.scan(label("220000700005"))
    shop.keys("0.1E")
    shop.scan(label("220000700005"))
    assert shop.prompts[-1] == "label.empty"


def test_an_unknown_number_is_sold_at_the_price_of_its_label(shop: WeighingBench) -> None:
    code = label("219999901234")
    shop.scan(code)
    assert shop.lines == [("新商品2342", 1234)]
    assert shop.last_words == "新商品2342，十二元三角四分"
    shop.card("ZZ1021")
    assert [row["data"] for row in shop.records("item.unknown")] == [{"barcode": code, "price": 1234}]


def test_an_unknown_number_with_a_weight_only_asks_for_the_price(shop: WeighingBench) -> None:
    code = label("229999900500")
    shop.scan(code)
    assert shop.prompts[-1] == "item.unknown"
    shop.keys("6E")
    assert shop.lines == [("新商品5006", 600)]


def test_goods_without_a_price_are_sold_by_price_label_and_ask_by_weight_label(shop: WeighingBench) -> None:
    shop.scan(label("210000700800"))
    assert only_line(shop) == ("梨", 1000, 800, 800)
    shop.scan(label("220000700500"))
    assert shop.last_words == "没有价，输每公斤价格"


@pytest.mark.parametrize("cut", [False, True])
def test_the_price_of_a_kilogram_is_asked_for_and_the_label_keeps_its_weight(shop: WeighingBench, cut: bool) -> None:
    shop.scan(label("220000700500"))
    if cut:
        shop.restart()
        assert "item.kilo" in shop.prompts[-2:]
    shop.keys("10E")
    assert only_line(shop) == ("梨", 500, 1000, 500)
    shop.card("ZZ1021")
    assert shop.records("item.unknown") == []
    (line,) = shop.sales()[-1]["lines"]
    assert (line["kind"], line["sku"], line["qty"], line["weighed"]) == ("item", "P-1", "0.5", True)
    shop.scan(label("220000700250"))
    assert only_line(shop) == ("梨", 250, 1000, 250)


def test_a_kilos_price_above_the_limit_keeps_the_weight_over_its_enter(shop: WeighingBench) -> None:
    shop.scan(label("220000700500"))
    shop.keys("600E")
    assert shop.prompts[-1] == "price.confirm"
    shop.pass_s(1)
    shop.keys("E")
    assert only_line(shop) == ("梨", 500, 60_000, 30_000)


def test_a_kilos_price_at_which_the_pack_costs_nothing_is_asked_for_again(shop: WeighingBench) -> None:
    shop.scan(label("220000700050"))
    shop.keys("0.01E")
    assert shop.prompts[-1] == "item.kilo"
    shop.keys("10E")
    assert only_line(shop) == ("梨", 50, 1000, 50)


def test_a_label_tells_its_price_and_takes_the_newest_line_back(shop: WeighingBench) -> None:
    shop.card(CHECK)
    shop.scan(PRICE)
    assert shop.last_words == "查价：葡萄，十七元五角五分"
    shop.card(CHECK)
    shop.scan(WEIGHT)
    assert shop.last_words == "查价：葡萄，每公斤三十元", "its price is that of a kilogram"
    shop.scan(PRICE)
    shop.card(REMOVE)
    shop.scan(PRICE)
    assert shop.lines == []


def test_a_count_that_costs_more_than_a_line_can_is_refused(tmp_path: Path) -> None:
    shop = WeighingBench(tmp_path, items=(replace(GRAPES, price=Fen(99_999_999)),))
    shop.scan(label("240004599999"))
    assert shop.last_words == "没成，什么都没变，请再试"
    assert shop.sale is None or shop.lines == []


def test_a_pack_is_not_multiplied(shop: WeighingBench) -> None:
    shop.scan(PRICE)
    shop.keys("3*")
    shop.keys("+")
    assert shop.prompts[-2:] == ["weigh.again", "weigh.again"]
    assert shop.lines == [("葡萄", 1755)]


def test_a_label_is_sold_while_the_counter_asks_which_goods_to_weigh(shop: WeighingBench) -> None:
    shop.card("ZZ1120")
    shop.scan(PRICE)
    assert shop.lines == [("葡萄", 1755)]


def test_without_templates_such_digits_are_a_barcode_like_others(tmp_path: Path) -> None:
    shop = WeighingBench(tmp_path, habits=Habits())
    shop.scan(PRICE)
    assert shop.prompts[-1] == "item.unknown"
    tx = shop.begin()
    assert (tx.counter.waiting, tx.counter.barcode) == (Waiting.PRICE, PRICE)
    tx.rollback()


def test_a_pay_code_that_fits_no_label_of_this_shop_is_no_label(shop: WeighingBench) -> None:
    shop.scan("289612345678901234")
    assert shop.prompts[-1] == "pay.first_scan"


def test_goods_that_are_blocked_are_not_sold_by_label_either(tmp_path: Path) -> None:
    shop = WeighingBench(tmp_path, items=(replace(GRAPES, blocked=True),))
    shop.scan(PRICE)
    assert shop.prompts[-1] == "item.blocked"
    shop.scan(GRAPES_CODE)
    assert shop.prompts[-1] == "item.blocked"
    assert shop.lines == []


# --- settings ---


def load(folder: Path, text: str) -> Settings:
    path = folder / "shop.toml"
    path.write_text(SHORT + text, encoding="utf-8")
    return load_settings(path)


def test_templates_are_read_with_their_units(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        '[[labels]]\nprefix = "21"\nlayout = "FF WWWWW EEEEE C"\namount_unit = "jiao"\n'
        '[[labels]]\nprefix = "21"\nlayout = "FFWWWWWEEEEENNNNNC"\nweight_unit = "10g"\n'
        '[[labels]]\nprefix = "24"\nlayout = "FFWWWWWNNNNNC"\nweight_unit = "piece"\n',
    )
    first, second, third = settings.labels
    assert (first.layout, first.prefixes, first.amount_unit_fen) == ("FFWWWWWEEEEEC", ("21",), 10)
    assert (second.weight_unit_g, third.counts) == (10, True)
    shown = {source.key: source.source for source in sources(settings)}
    assert shown["labels.0.layout"].endswith("line 7")
    assert load(tmp_path, "").labels == ()


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('[[labels]]\nprefix = "31"\nlayout = "FFWWWWWEEEEEC"', 'line 6: \'prefix\' in [labels.0] is wrong, expected'),
        ('[[labels]]\nprefix = "21"\nlayout = "FFWWWWWEEEEE"', "line 7: 'layout' in [labels.0]: this label layout"),
        ('[[labels]]\nprefix = "21"\nlayout = "FFWWWWWUUUUUC"', "line 7: 'layout' in [labels.0]: this label tells"),
        ('[[labels]]\nprefix = "21"\nlayuot = "FFWWWWWEEEEEC"', "line 7: unknown setting 'layuot' in [labels.0], did"),
        ('[[labels]]\nprefix = "21"\nlayout = "FFWWWWWEEEEEC"\namount_unit = "cent"', 'line 8: \'amount_unit\' in'),
        ('[labels]\nprefix = "21"', "line 5: 'labels' is not a list of tables, expected [[labels]]"),
        ('[[labels]]\nprefix = "21"\nlayout = "FFWWWWWEEEEEC"\n[[labels]]\nprefix = "21"\nlayout = "FFWWWWWNNNNNC"',
         "line 9: there are two [[labels]] of 13 digits with this prefix"),
        ("[[labels]]\n" * 21, "too many [[labels]], expected at most 20, got 21"),
    ],
)  # fmt: skip
def test_a_wrong_template_is_told_with_file_line_expected_and_got(tmp_path: Path, table: str, told: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        load(tmp_path, table)
    assert told in str(wrong.value)
    assert "shop.toml" in str(wrong.value)


def test_the_templates_of_the_bench_are_those_that_a_file_can_say(tmp_path: Path) -> None:
    tables = "".join(
        f'[[labels]]\nprefix = "{label.prefixes[0]}"\nlayout = "{label.layout}"\n'
        f'weight_unit = "{"piece" if label.counts else "g"}"\n'
        for label in LABELS
    )
    assert load(tmp_path, tables).labels == LABELS


# --- coming back ---


def test_a_weighed_line_and_a_pack_come_back_whole(shop: WeighingBench) -> None:
    shop.put_on(585)
    shop.scan(GRAPES_CODE)
    shop.pass_s(1)
    shop.scan(label("210012300500"))
    shop.card("ZZ1021")
    shop.card("ZZ1106")
    shop.scan(receipt_code(shop.sales()[0]["receipt"]))
    shop.scan(label("210012300500"))
    assert shop.last_words == "苹果，退五元"
    shop.scan(GRAPES_CODE)
    shop.keys("E")
    shop.pass_s(1)
    shop.keys("E")
    (back,) = shop.records("sale.refunded")
    assert [(line["qty"], line["amt"]) for line in back["data"]["lines"]] == [("1", 500), ("0.585", 1755)]


def test_goods_past_their_date_come_back(shop: WeighingBench) -> None:
    shop.sell(COLA)
    shop.card("ZZ1106")
    shop.scan(receipt_code(shop.sales()[0]["receipt"]))
    shop.scan(f"]d2010{COLA}17261122")
    assert shop.prompts[-1] == "refund.item"


def test_nothing_is_weighed_while_goods_come_back(shop: WeighingBench) -> None:
    shop.sell(COLA)
    shop.card("ZZ1106")
    shop.card("ZZ1120")
    assert shop.waits_for() is Waiting.RECEIPT


def test_a_quantity_keyed_first_does_not_count_for_a_label_which_is_said(shop: WeighingBench) -> None:
    shop.keys("3*")
    shop.scan(PRICE)
    assert (shop.lines, shop.prompts[-1]) == ([("葡萄", 1755)], "weigh.again")
