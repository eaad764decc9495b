"""From the scanner to the counter: double reads, floods, cards, slips, and codes that must not do anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import BAG, COLA, NOODLES, SCANNER, CounterBench, Habits

from edge.card_table import load_cards
from edge.codec.command_card import card_code, receipt_code
from edge.messages import ScanData, ScanRefused, ScanTrouble
from edge.services.receipts import PrintMode

WALLET = "134567890123456789"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def read(shop: CounterBench, text: str, *, after_s: float, device: str = SCANNER) -> None:
    shop.pass_s(after_s)
    shop.tell(ScanData(device, text, shop.clock.mono_s))


def test_the_same_code_within_400_ms_counts_once_and_then_it_is_a_second_piece(shop: CounterBench) -> None:
    read(shop, COLA, after_s=1)
    read(shop, COLA, after_s=0.39)
    assert len(shop.lines) == 1
    read(shop, COLA, after_s=0.41)
    assert len(shop.lines) == 2


@pytest.mark.parametrize(("ms", "after_s", "pieces"), [(0, 0.01, 2), (1000, 0.99, 1), (1000, 1.01, 2), (150, 0.2, 2)])
def test_how_long_a_code_counts_once_is_a_setting(tmp_path: Path, ms: int, after_s: float, pieces: int) -> None:
    shop = CounterBench(tmp_path, Habits(double_read_ms=ms))
    read(shop, COLA, after_s=1)
    read(shop, COLA, after_s=after_s)
    assert len(shop.lines) == pieces


def test_a_stand_that_keeps_reading_what_lies_before_it_sells_it_once(shop: CounterBench) -> None:
    for _ in range(20):
        read(shop, COLA, after_s=0.2)
    assert len(shop.lines) == 1


def test_another_code_in_between_ends_the_double_read(shop: CounterBench) -> None:
    for text in (COLA, NOODLES, COLA):
        read(shop, text, after_s=0.1)
    assert len(shop.lines) == 3


def test_two_scanners_do_not_silence_each_other(shop: CounterBench) -> None:
    read(shop, COLA, after_s=1)
    read(shop, COLA, after_s=0.05, device="hand_scanner")
    assert len(shop.lines) == 2


def test_a_card_read_twice_is_one_request(shop: CounterBench) -> None:
    read(shop, COLA, after_s=1)
    read(shop, "ZZ1069", after_s=1)
    read(shop, "ZZ1069", after_s=0.3)
    assert shop.sale is not None
    read(shop, "ZZ1069", after_s=1)
    assert shop.sale is None


def test_a_flood_is_dropped_and_said_once_until_a_second_of_silence(shop: CounterBench) -> None:
    shop.hush()
    codes = [COLA, NOODLES]
    for n in range(300):
        read(shop, codes[n % 2], after_s=0.005)
    assert len(shop.lines) == 100
    assert shop.prompts.count("scan.flood") == 1
    assert shop.scanning.refused == 200
    read(shop, COLA, after_s=0.9)
    assert len(shop.lines) == 100
    read(shop, COLA, after_s=1.1)
    assert shop.prompts[-1] == "sale.full"
    assert shop.prompts.count("scan.flood") == 1


def test_a_flood_is_seen_wherever_its_second_begins(shop: CounterBench) -> None:
    read(shop, BAG, after_s=2)
    shop.pass_s(0.949)
    for n in range(200):
        read(shop, (COLA, NOODLES)[n % 2], after_s=0.001)
    assert shop.prompts.count("scan.flood") == 1
    assert shop.scanning.refused == 100


def test_a_hundred_codes_in_a_second_are_a_quick_hand(shop: CounterBench) -> None:
    for n in range(100):
        read(shop, (COLA, NOODLES)[n % 2], after_s=0.0099)
    assert len(shop.lines) == 100
    assert "scan.flood" not in shop.prompts


def test_one_scanner_in_flood_does_not_stop_the_other(shop: CounterBench) -> None:
    for n in range(150):
        read(shop, f"ZZ{n:03d}x", after_s=0.001)
    read(shop, COLA, after_s=0.001, device="hand_scanner")
    assert shop.lines == [("可乐", 300)]


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("6901234567893", "scan.bad"), ("hello", "scan.unknown"), (WALLET, "pay.first_scan"),
        ("ZZ1381", "scan.unknown"), ("ZZ1015", "scan.bad"), ("ZZ3001", "card.unknown"),
        ("SF1234567890123", "scan.unknown"),
    ],
)  # fmt: skip
def test_a_code_that_is_nothing_to_sell_says_so_and_changes_nothing(shop: CounterBench, text: str, prompt: str) -> None:
    before = len(shop.records())
    shop.scan(text)
    assert shop.prompts[-1] in (prompt, "scan.unknown", "scan.bad")
    assert shop.sale is None
    assert len(shop.records()) == before


def test_a_wallet_code_with_a_basket_asks_for_cash_and_is_kept_nowhere(shop: CounterBench) -> None:
    shop.scan(COLA, WALLET)
    assert shop.prompts[-1] == "pay.offline"
    assert shop.lines == [("可乐", 300)]
    shop.card("ZZ1021")
    for file in shop.folder.glob("ledger.db*"):
        assert WALLET.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("trouble", "prompt"), [(ScanTrouble.TOO_LONG, "scan.long"), (ScanTrouble.GARBLED, "scan.bad")]
)
def test_what_the_scanner_could_not_read_is_said(shop: CounterBench, trouble: ScanTrouble, prompt: str) -> None:
    shop.scan(COLA)
    shop.tell(ScanRefused(SCANNER, trouble, 400))
    assert shop.prompts[-1] == prompt
    assert shop.lines == [("可乐", 300)]


def test_every_card_of_the_sheet_can_be_read_in_every_state_without_a_fault(shop: CounterBench) -> None:
    for number in load_cards():
        for begin in ((), (COLA,), (COLA, "ZZ1014")):
            shop.scan(*begin)
            shop.card(card_code(number))
            shop.card("ZZ1908")
    assert "err.generic" not in shop.prompts


def test_a_receipt_scanned_prints_a_copy_of_that_sale(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(print_mode=PrintMode.NEVER))
    shop.printer_ready()
    shop.sell(COLA)
    shop.sell(NOODLES)
    shop.scan(receipt_code("261123-1-0001"))
    assert [send.copy_no for send in shop.printed] == [1], "somebody holds its paper: this is a copy"
    assert shop.last_words == "补打了，退货请扫退货卡"
    assert "可乐" in repr(shop.printed[0].slip)
    shop.scan(receipt_code("261123-1-0777"))
    assert shop.prompts[-1] == "reprint.none"
