"""Cash against a slip of the bank's own terminal: what is noted, refused, printed, and never kept (product row 79)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from counter_bench import COLA, Habits
from licence_services import keys_of_all, license_all
from link_bench import LinkBench
from test_cloud_days import told
from test_shifts import papers

from edge.clock import iso_ms
from edge.codec.command_card import card_code
from edge.model.counter import Waiting
from edge.model.money import Fen
from edge.model.platform import Platforms, ServiceKind, ServiceOffer
from edge.platform_file import load_platforms

BANK_OUT, BANK_IN, STOP, SHIFT, CLOSE, X, UNDO = (card_code(n) for n in (153, 154, 190, 161, 162, 166, 105))
BANK = ServiceOffer(
    "POST_AGENT", "china_post", ServiceKind.AGENT_NOTE, "助农取款", "Village bank", Fen(1_000), Fen(100_000),
    day_most=Fen(250_000), step=Fen(1_000),
)  # fmt: skip
SLIP, OTHER = "004512", "004513"
CARD = "6222021234567890128"


def habits_of(bank: ServiceOffer = BANK) -> Habits:
    shipped = load_platforms()
    others = tuple(one for one in shipped.services if one.kind is not ServiceKind.AGENT_NOTE)
    return Habits(platforms=replace(shipped, services=(*others, bank)), licence_keys=keys_of_all())


def open_shop(folder: Path, *, counted: str = "3000", bank: ServiceOffer = BANK) -> LinkBench:
    """A shop that is licensed, with this bank."""
    shop = LinkBench(folder, habits_of(bank))
    license_all(shop.licences)
    shop.printer_ready()
    shop.go_online()
    if counted:
        shop.scan(SHIFT)
        shop.keys(f"{counted}EE")
    shop.hush()
    return shop


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    return open_shop(tmp_path / "shop")


def notes(shop: LinkBench) -> list[tuple[str, str, int]]:
    return [(row["data"]["slip"], row["data"]["way"], row["data"]["amt"]) for row in shop.records("service.agent_note")]


def note(shop: LinkBench, slip: str = SLIP, amount: str = "500", card: str = BANK_OUT) -> None:
    shop.card(card)
    shop.keys(f"{slip}E")
    shop.keys(f"{amount}EE")


# --- what is noted -----------------------------------------------------------------------------------------------


def test_cash_out_is_said_booked_printed_twice_and_the_drawer_opens(shop: LinkBench) -> None:
    shop.card(BANK_OUT)
    assert shop.last_words == "最多一千元，输银行小票号"
    shop.keys(f"{SLIP}E")
    assert shop.last_words == "付给顾客多少"
    shop.keys("500E")
    assert (shop.last_words, notes(shop)) == ("付给顾客五百元？按确认", [])
    pulses = len(shop.kicked)
    shop.keys("E")
    assert shop.last_words == "付五百元，请顾客签字"
    assert notes(shop) == [(SLIP, "out", 50_000)]
    assert len(shop.kicked) == pulses + 1 and shop.records("drawer.opened")[-1]["data"]["why"] == "agent_out"
    customers, shops = sorted(papers(shop)[-2:], key=lambda paper: "商户联" in paper)
    assert "商户联" in shops and "顾客签名" in shops
    assert "顾客联" in customers and "顾客签名" not in customers
    for paper in (shops, customers):
        assert "银行取款" in paper and f"银行小票号|{SLIP}" in paper and "金额|￥500.00" in paper


def test_cash_in_raises_what_the_drawer_should_hold(shop: LinkBench) -> None:
    note(shop)
    note(shop, OTHER, "200", BANK_IN)
    assert notes(shop) == [(SLIP, "out", 50_000), (OTHER, "in", 20_000)]
    shop.card(CLOSE)
    shop.keys("2700EE")
    (closed,) = (row["data"] for row in shop.records("shift.closed"))
    assert (closed["expected"], closed["over_short"]) == (270_000, 0)
    assert (closed["agent_in"], closed["agent_out"], closed["paid_out"]) == (20_000, 50_000, 0)
    assert "银行存款|200.00" in papers(shop)[-1] and "银行取款|-500.00" in papers(shop)[-1]


def test_x_and_z_have_a_line_of_their_own(shop: LinkBench) -> None:
    note(shop)
    note(shop, OTHER, "200", BANK_IN)
    shop.card(X)
    assert "银行取款 1 笔|-500.00" in papers(shop)[-1] and "银行存款 1 笔|200.00" in papers(shop)[-1]
    shop.as_owner(card_code(201))
    shop.keys("2700EE")
    (z,) = (row["data"] for row in shop.records("report.z"))
    assert (z["agent_in"], z["agent_out"], z["total"]) == (20_000, 50_000, 0)


def test_a_slip_is_scanned_as_well_as_keyed(shop: LinkBench) -> None:
    shop.card(BANK_IN)
    shop.scan("pos-20261123 88")
    shop.keys("100EE")
    assert notes(shop) == [("POS-2026112388", "in", 10_000)]


def test_a_number_that_is_goods_elsewhere_is_a_slip_here(shop: LinkBench) -> None:
    """A reference of 12 digits is a barcode to a scanner; here nothing is sold by it."""
    shop.card(BANK_IN)
    shop.scan("123456789012")
    shop.keys("100EE")
    assert (notes(shop), shop.lines) == ([("123456789012", "in", 10_000)], [])


def test_the_basket_stays_and_is_paid_afterwards(shop: LinkBench) -> None:
    shop.scan(COLA)
    note(shop)
    assert shop.lines == [("可乐", 300)]
    shop.card(card_code(102))
    assert shop.sales()[-1]["total"] == 300


# --- what is refused ---------------------------------------------------------------------------------------------


def test_the_same_slip_is_noted_once_also_after_a_restart(shop: LinkBench) -> None:
    note(shop)
    for is_cut in (False, True):
        if is_cut:
            shop.restart()
            shop.go_online()
        shop.card(BANK_IN)
        shop.keys(f"{SLIP}E")
        assert shop.last_words == "这张小票记过了，别付钱"
        shop.card(STOP)
    assert len(notes(shop)) == 1


def test_offline_nothing_is_noted(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop", habits_of())
    license_all(shop.licences)
    shop.card(BANK_OUT)
    assert shop.last_words == "断网不能办，请先不要收钱"
    assert shop.begin().counter.waiting is Waiting.NOTHING


def test_a_link_that_goes_before_enter_books_nothing(shop: LinkBench) -> None:
    shop.card(BANK_OUT)
    shop.keys(f"{SLIP}E")
    shop.keys("500E")
    shop.down()
    shop.keys("E")
    assert (shop.last_words, notes(shop)) == ("断网不能办，请先不要收钱", [])


def test_without_a_licence_nothing_is_noted(shop: LinkBench) -> None:
    license_all(shop.licences, ends=date(2026, 11, 1), version=2)
    shop.card(BANK_OUT)
    assert shop.prompts[-1] == "lic.over"
    license_all(shop.licences, version=3)
    shop.card(BANK_OUT)
    shop.keys(f"{SLIP}E")
    shop.keys("500E")
    license_all(shop.licences, ends=date(2026, 11, 1), version=4)
    shop.keys("E")
    assert (shop.prompts[-1], notes(shop)) == ("lic.over", [])


def test_a_shop_without_a_bank_says_that_the_card_is_not_in_use(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop", Habits(platforms=Platforms()))
    shop.go_online()
    shop.card(BANK_OUT)
    assert shop.prompts[-1] == "card.later"


def test_a_short_drawer_says_so_before_the_banks_terminal_is_touched(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", counted="8")
    shop.card(BANK_OUT)
    assert (shop.last_words, shop.begin().counter.waiting) == ("钱箱只有八元，银行机上撤销", Waiting.NOTHING)
    shop.card(BANK_IN)
    assert shop.last_words == "最多一千元，输银行小票号"


def test_more_than_lies_in_the_drawer_is_refused_and_the_question_stands(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", counted="325")
    shop.card(BANK_OUT)
    assert shop.last_words == "最多三百二十元，输银行小票号"
    shop.keys(f"{SLIP}E")
    shop.keys("330E")
    assert shop.last_words == "钱箱只有三百二十五元，银行机上撤销"
    shop.keys("320EE")
    assert notes(shop) == [(SLIP, "out", 32_000)]


@pytest.mark.parametrize("sells", [False, True])
def test_where_nobody_counted_the_drawer_is_counted_first(tmp_path: Path, sells: bool) -> None:
    shop = open_shop(tmp_path / "shop", counted="")
    if sells:
        shop.sell(COLA)
    shop.card(BANK_OUT)
    assert shop.prompts[-1] == "agent.count"


@pytest.mark.parametrize(
    ("amount", "words"),
    [("1010", "一笔最多一千元"), ("505", "要十元的整数倍"), ("5", "最少十元"), ("500.5", "要十元的整数倍")],
)
def test_what_the_bank_does_not_allow_is_said_and_asked_again(shop: LinkBench, amount: str, words: str) -> None:
    shop.card(BANK_OUT)
    shop.keys(f"{SLIP}E")
    shop.keys(f"{amount}E")
    assert (shop.last_words, notes(shop)) == (words, [])
    shop.keys("500EE")
    assert notes(shop) == [(SLIP, "out", 50_000)]


def test_the_day_has_a_limit_of_each_way(shop: LinkBench) -> None:
    for number, amount in enumerate(("1000", "1000", "400")):
        note(shop, f"00{number}1", amount)
    shop.card(BANK_OUT)
    assert shop.last_words == "最多一百元，输银行小票号"
    shop.keys(f"{SLIP}E")
    shop.keys("110E")
    assert shop.last_words == "今天只能再办一百元"
    shop.keys("100EE")
    shop.card(BANK_OUT)
    assert shop.last_words == "今天只能再办零元"
    note(shop, OTHER, "100", BANK_IN)
    assert len(notes(shop)) == 5


def test_another_amount_takes_the_place_of_the_one_that_is_asked_about(shop: LinkBench) -> None:
    shop.card(BANK_OUT)
    shop.keys(f"{SLIP}E")
    shop.keys("500E")
    shop.keys("50EE")
    assert notes(shop) == [(SLIP, "out", 5_000)]


@pytest.mark.parametrize("typed", ["12E", "1.5E"])
def test_what_is_no_slip_number_is_asked_for_again(shop: LinkBench, typed: str) -> None:
    shop.card(BANK_OUT)
    shop.keys(typed)
    assert shop.last_words == "小票号不对，请再输"
    shop.keys(f"{SLIP}E")
    assert shop.last_words == "付给顾客多少"


def test_a_bank_can_say_how_its_numbers_look(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", bank=replace(BANK, reference=re.compile("[0-9]{6}")))
    shop.card(BANK_OUT)
    shop.keys("12345E")
    assert shop.prompts[-1] == "agent.bad"
    shop.keys("123456E")
    assert shop.prompts[-1] == "agent.out"


@pytest.mark.parametrize("drop", [UNDO, STOP])
def test_who_does_not_want_it_any_more_gets_the_counter_back(shop: LinkBench, drop: str) -> None:
    shop.card(BANK_OUT, drop)
    assert shop.begin().counter.waiting is Waiting.NOTHING
    shop.card(BANK_OUT)
    shop.keys(f"{SLIP}E")
    shop.keys("500E")
    shop.card(drop)
    shop.keys("E")
    assert notes(shop) == []


def test_goods_do_not_slip_past_the_question(shop: LinkBench) -> None:
    shop.card(BANK_OUT)
    shop.keys(f"{SLIP}E")
    shop.scan(COLA)
    assert (shop.last_words, shop.lines) == ("付给顾客多少", [])
    shop.keys("500E")
    shop.scan(COLA)
    assert shop.lines == []
    shop.keys("E")
    assert notes(shop) == [(SLIP, "out", 50_000)]


def test_practice_notes_nothing(shop: LinkBench) -> None:
    shop.card(card_code(187), BANK_OUT)
    assert shop.prompts[-1] == "train.not_now"


# --- power ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", ["", f"{SLIP}E", f"{SLIP}E500E"])
def test_a_power_cut_before_enter_books_nothing_and_the_slip_is_still_good(shop: LinkBench, keys: str) -> None:
    shop.card(BANK_OUT)
    for part in re.findall(r"[0-9]+E", keys):
        shop.keys(part)
    shop.restart()
    shop.go_online()
    shop.card(STOP)
    assert notes(shop) == []
    note(shop)
    assert notes(shop) == [(SLIP, "out", 50_000)]


def test_a_power_cut_after_enter_keeps_the_note_and_does_not_open_the_drawer_again(shop: LinkBench) -> None:
    note(shop)
    shop.restart()
    pulses = len(shop.kicked)
    shop.go_online()
    assert (len(notes(shop)), len(shop.kicked)) == (1, pulses)
    shop.card(CLOSE)
    shop.keys("2500EE")
    assert shop.last_words == "正好"


def test_notes_are_forgotten_after_more_than_a_year(shop: LinkBench) -> None:
    note(shop)
    tx = shop.begin()
    assert tx.agent_notes.forget(iso_ms(tx.stamp.at - timedelta(days=400)), limit=10) == 0
    assert tx.agent_notes.forget(iso_ms(tx.stamp.at + timedelta(days=1)), limit=10) == 1
    assert not tx.agent_notes.is_noted(BANK.id, SLIP)


# --- never a card --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", [CARD, "6222 0212 3456 7890 128", "6222-0212-3456-7890-128"])
def test_a_card_number_is_refused_and_nowhere(shop: LinkBench, spelled: str) -> None:
    shop.card(BANK_OUT)
    shop.scan(spelled)
    assert shop.prompts[-1] in ("agent.card", "agent.slip")  # one in ten looks like a wallet's code as well
    shop.keys(f"{SLIP}E")
    shop.keys("500EE")
    shop.ledger.close(clean=True)
    for file in shop.folder.rglob("*"):
        assert not file.is_file() or (CARD.encode() not in file.read_bytes() and b"6222 0212" not in file.read_bytes())
    assert all(CARD not in str(effect) for effect in shop.left)


def test_a_card_number_keyed_is_refused(shop: LinkBench) -> None:
    shop.card(BANK_OUT)
    shop.keys(f"{CARD}E")
    assert shop.prompts[-1] == "agent.card"


def test_a_wallets_code_is_no_slip(shop: LinkBench) -> None:
    shop.card(BANK_OUT)
    shop.scan("134567890123456789")
    assert (shop.begin().counter.waiting, shop.begin().counter.barcode) == (Waiting.BANK_SLIP, None)


def test_the_cloud_finds_a_shift_with_notes_as_it_was_told(shop: LinkBench, tmp_path: Path) -> None:
    note(shop)
    note(shop, OTHER, "200", BANK_IN)
    shop.card(CLOSE)
    shop.keys("2700EE")
    rows = shop.records()
    (line,) = told(tmp_path, rows)
    assert line.wrong == ()
    (tmp_path / "lost").mkdir()
    (line,) = told(tmp_path / "lost", [row for row in rows if row["data"].get("slip") != OTHER])
    assert line.wrong == ("agent_in: the terminal says 20000, its sales 0",)
