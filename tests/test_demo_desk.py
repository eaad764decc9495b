"""What people bring to the demo's counter, and what the shop was left like the night before."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hand_clock import HandClock
from page_bench import open_counter, read_serial

from edge.card_table import load_cards
from edge.clock import SystemClock
from edge.codec.command_card import card_code
from edge.codec.gtin import inner_gtin, is_gtin, to_gtin14
from edge.model.card import Zone
from edge.model.counter import NOTHING_TO_NOTE
from edge.model.money import Milli
from edge.outside import Outside
from edge.reference_cloud.store import CloudStore
from edge.sim.counter.deliveries import ORDERED, Vans
from edge.sim.counter.desk import OVER, Desk, trades
from edge.sim.counter.goods import NOT_YET, appliances, cards, goods
from edge.sim.counter.shop_file import TID
from edge.sim.counter.supply import cartons, stock_up
from edge.sim.counter.terminal import Sentence, Talk
from edge.terminal_folder import open_terminal_folder

TODAY = date(2026, 11, 27)


class Scanner:
    """Keeps what it read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def scan(self, text: str) -> bool:
        self.read.append(text)
        return True


def test_every_card_of_the_sheet_that_does_something_lies_on_the_counter() -> None:
    known = load_cards()
    in_use = {number for number, card in known.items() if card.zone is not Zone.KEYS} - NOT_YET
    assert {card_code(number) for number in in_use} <= {card.code for card in cards()}
    assert {known[number].verb for number in NOT_YET} < NOTHING_TO_NOTE


def test_every_card_and_button_of_a_trade_is_known_to_the_page(tmp_path: Path) -> None:
    known = {card.code for card in cards()}
    with open_counter(tmp_path) as counter:
        script = counter.get("desk.js").decode()
        shown = json.loads(counter.get("shelf"))["trades"]
    assert [trade["id"] for trade in shown] == [trade.id for trade in trades()]
    assert {code for trade in trades() for code in trade.cards} <= known
    buttons = [set(re.findall(r"(\w+): \"", also)) for also in re.findall(r"also: \{(.*?)\}", script)]
    assert len(buttons) == 2
    assert all({name for trade in trades() for name in trade.also} <= names for names in buttons)


def test_examples_have_ids_of_their_own_and_english_names() -> None:
    examples = [example for trade in trades() for example in trade.examples]
    assert len({example.id for example in examples}) == len(examples) > 20
    assert all(example.name_en.replace("’", "'").isascii() for example in examples)


def test_a_bill_is_another_one_each_time_and_a_date_is_reckoned_from_today() -> None:
    examples = {example.name_en: example for trade in trades() for example in trade.examples}
    chance = Random(1)
    bills = {examples["Water bill"].show(TODAY, chance) for _ in range(5)}
    assert len(bills) == 5 and all(re.fullmatch(r"33[0-9]{8}21", bill) for bill in bills)
    assert examples["Yoghurt, five days left"].show(TODAY, chance).endswith("17261202")
    assert examples["Yoghurt, two days over"].show(TODAY, chance).endswith("17261125")


@pytest.mark.parametrize("prompt", sorted(OVER))
def test_a_lenders_code_is_shown_again_until_it_is_good_for_nothing(prompt: str) -> None:
    scanner, talk = Scanner(), Talk(lambda _: None)
    desk = Desk(scanner, talk, SystemClock(), Random(1))  # type: ignore[arg-type]
    loan = next(one for trade in trades() for one in trade.examples if one.once)
    desk.show(loan.id)
    desk.show(loan.id)
    talk.spoken += 1
    talk.sentences.append(Sentence(talk.spoken, "", prompt, ""))
    desk.show(loan.id)
    first, again, new = scanner.read
    assert first == again != new


def test_an_example_is_scanned_and_a_number_is_keyed(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        assert counter.post("show", {"example": appliances()[0].code}) == (200, "")
        assert read_serial(counter.shop.bench.cables.scanner, 14) == appliances()[0].code.encode() + b"\r"
        assert counter.post("show", {"example": "moon"}) == (409, "nobody has that")


def test_an_order_in_an_app_is_a_command_of_the_cloud_and_its_code_is_shown_to_fetch_it(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        assert counter.post("rider", {}) == (409, "nobody has ordered in an app")
        assert counter.post("app_order", {}) == (200, "")
        assert counter.post("app_order", {}) == (200, "")
        code = counter.shop.fetching_code()
        assert counter.post("rider", {}) == (200, "")
        assert read_serial(counter.shop.bench.cables.scanner, 11) == code.encode() + b"\r"


def test_what_was_ordered_for_a_customer_comes_with_the_next_van_and_is_remembered(tmp_path: Path) -> None:
    store = CloudStore(tmp_path / "cloud.db")
    store.open()
    order = "01a21939-1111-7000-8000-00000000beef"
    columns = (order, TID, "JD_ORDER", "order", 1, 1, "", "completed", "", 0, 0, "", "", "")
    store.run(f"INSERT INTO service VALUES({', '.join('?' * len(columns))})", columns)
    store.commit()
    store.close()
    vans = Vans(tmp_path / "cloud.db", TID, SystemClock(), Random(1))
    vans.begin()
    assert [one.note for one in vans.deliveries].count(ORDERED) == 1, "the first van brings it"
    assert not [one for one in vans.come() if one.note == ORDERED], "and no other"
    tomorrow = Vans(tmp_path / "cloud.db", TID, SystemClock(), Random(1))
    tomorrow.begin()
    assert sorted(one.waybill for one in tomorrow.deliveries) == sorted(one.waybill for one in vans.deliveries)


def test_the_owners_card_is_found_on_paper_or_missed(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        assert counter.post("owner", {}) == (409, "the owner's card does not lie here")


def test_cartons_are_of_goods_that_the_shop_sells() -> None:
    codes = {to_gtin14(good.code) for good in goods()}
    assert all(is_gtin(carton.code) and inner_gtin(to_gtin14(carton.code)) in codes for carton in cartons())


def test_the_shop_was_counted_once_and_sold_every_day_up_to_yesterday(tmp_path: Path) -> None:
    clock = HandClock()
    stock_up(tmp_path, tmp_path / "data", clock)
    water = next(good.code for good in goods() if good.name_en == "Spring water 550ml")
    before = _look(tmp_path, clock, water)
    clock.pass_s(3 * 86_400.0)
    stock_up(tmp_path, tmp_path / "data", clock)
    stock_up(tmp_path, tmp_path / "data", clock)
    after = _look(tmp_path, clock, water)
    assert before[0] == after[0] == Milli(26_000)
    assert before[2] == after[2] == 2, "two records of a count, and no more"
    assert after[1][: len(before[1]) - 3] == before[1][3:], "the same people on the same days"
    assert all(sold is not None for sold in after[1])


def _look(folder: Path, clock: HandClock, sku: str) -> tuple[Milli | None, list[Milli | None], int]:
    """On the shelf, on the last 28 days, and records of the journal."""
    opened = open_terminal_folder(folder / "data", Outside(clock=clock))
    tx = opened.ledger.begin(lambda _, __: None)
    yesterday = date.fromisoformat(tx.get("demo.sold_until") or "")
    found = tx.stock.on_hand(sku), tx.sales_days.daily(sku, yesterday)
    ((rows,),) = tx._read("SELECT count(*) FROM journal").fetchall()
    tx.rollback()
    opened.ledger.close(clean=True)
    opened.lock.release()
    return *found, rows
