"""A Z report and a shift's end once more on paper: the same octets below the mark, whatever is so by now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES
from test_device_tests import CID, PageBench
from test_shifts import CLOSE, OPEN

from edge.codec.escpos import PAPER_58, copy_mark, encode_slip
from edge.messages import Outcome, SendPrint
from edge.store.days_over import DaysOver
from edge.store.tables.report_papers import KEPT

NEWEST = 2**62


@pytest.fixture
def shop(tmp_path: Path) -> PageBench:
    shop = PageBench(tmp_path)
    shop.printer_ready()
    return shop


def closed(shop: PageBench) -> SendPrint:
    """The paper of a day with a shift that was counted."""
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.sell(COLA)
    printed(shop)
    shop.scan(CLOSE)
    shop.keys("103.50EE")
    printed(shop)
    shop.end_day()
    shop.keys("E")
    return printed(shop)


def printed(shop: PageBench) -> SendPrint:
    """The newest, once all that waits is on paper."""
    before = 0
    while len(shop.printed) > before:
        before = len(shop.printed)
        shop.paper(Outcome.DONE)
    return shop.printed[-1]


def cid(number: int) -> str:
    return f"{CID[:-12]}{number:012d}"


def octets(paper: SendPrint, *, mark: bool = True) -> bytes:
    return encode_slip(paper.slip, PAPER_58, mark=copy_mark(paper.copy_no) if mark else "")


def test_a_z_report_comes_again_as_it_was_and_marked(shop: PageBench) -> None:
    original = closed(shop)
    assert original.copy_no == 0
    (day,) = DaysOver(shop.ledger.path).days(NEWEST, 5)
    shop.sell(NOODLES)  # another day has begun, and the shelf is another
    printed(shop)
    for number in (1, 2):
        shop.order("report.again", cid(number), report=day.report)
        again = shop.printed[-1]
        assert again.copy_no == number and octets(again, mark=False) == octets(original)
        assert "重打/COPY".encode("gb18030") in octets(again)
        shop.paper(Outcome.DONE)
        assert shop.answer["state"] == "done"
    assert len(shop.records("report.z")) == 1, "nothing is closed by it"


def test_so_does_the_end_of_a_shift_and_the_reprint_card_goes_on_with_its_own(shop: PageBench) -> None:
    closed(shop)
    (shift,) = DaysOver(shop.ledger.path).shifts(NEWEST, 5)
    ends = next(one for one in shop.printed if "应有现金" in str(one.slip))
    last = shop.begin().get("paper.last")
    shop.order("report.again", report=shift.report)
    assert octets(shop.printed[-1], mark=False) == octets(ends) and shop.printed[-1].copy_no == 1
    shop.paper(Outcome.DONE)
    assert shop.begin().get("paper.last") == last


def test_a_shift_that_nobody_counted_had_no_paper(shop: PageBench) -> None:
    shop.sell(COLA)
    shop.end_day()
    shop.keys("E")
    (shift,) = DaysOver(shop.ledger.path).shifts(NEWEST, 5)
    assert shift.report == ""


def test_a_day_that_nobody_closed_has_one(shop: PageBench) -> None:
    shop.sell(COLA)
    shop.clock.pass_s((datetime(2026, 11, 24, 1, tzinfo=UTC) - shop.clock.at).total_seconds())
    shop.sell(COLA)
    shop.pass_s(2)
    original = printed(shop)
    (day,) = DaysOver(shop.ledger.path).days(NEWEST, 5)
    assert day.by_itself and day.report
    shop.order("report.again", report=day.report)
    assert octets(shop.printed[-1], mark=False) == octets(original)


@pytest.mark.parametrize(("state", "code"), [
    ("paper_out", "hw.printer_paper"), ("cover_open", "hw.printer_offline"), ("offline", "hw.printer_offline"),
])  # fmt: skip
def test_a_printer_that_is_away_refuses_it_and_nothing_waits(shop: PageBench, state: str, code: str) -> None:
    closed(shop)
    (day,) = DaysOver(shop.ledger.path).days(NEWEST, 5)
    before = len(shop.printed)
    shop.device_states["printer_escpos"] = state
    shop.order("report.again", cid(1), report=day.report)
    assert (shop.answer["state"], shop.answer["err"]["code"]) == ("rejected", code)
    shop.device_states["printer_escpos"] = "ready"
    shop.order("report.again", cid(2), report=day.report)
    assert len(shop.printed) == before + 1 and shop.printed[-1].copy_no == 1, "what was refused counts as no copy"


@pytest.mark.parametrize("report", ["z9.2026-11-23", "", "../ledger", "z1"])
def test_what_is_not_kept_is_refused(shop: PageBench, report: str) -> None:
    closed(shop)
    shop.order("report.again", report=report)
    assert shop.answer["state"] == "rejected"


def test_a_text_that_is_damaged_is_refused(shop: PageBench) -> None:
    closed(shop)
    (day,) = DaysOver(shop.ledger.path).days(NEWEST, 5)
    tx = shop.begin()
    tx._write("UPDATE report_paper SET slip = '[[7]]'")
    tx.commit()
    shop.order("report.again", report=day.report)
    assert shop.answer["state"] == "rejected"


def test_one_form_is_one_paper_and_a_power_cut_ends_it_once(shop: PageBench) -> None:
    closed(shop)
    (day,) = DaysOver(shop.ledger.path).days(NEWEST, 5)
    before = len(shop.printed)
    for _ in range(2):
        shop.order("report.again", report=day.report)
    assert len(shop.printed) == before + 1
    shop.restart()
    shop.printer_ready()
    shop.pass_s(1)
    assert len(shop.printed) == before + 1, "a paper that was being sent is not sent again"
    shop.order("report.again", report=day.report)
    assert shop.answer["err"]["code"] == "cmd.outcome_unknown"


def test_the_newest_texts_are_kept(shop: PageBench) -> None:
    slip = closed(shop).slip
    tx = shop.begin()
    for number in range(KEPT + 5):
        tx.report_papers.keep(f"z{number}.2027-01-01", slip)
    assert tx.report_papers.find("z4.2027-01-01") is None and tx.report_papers.find("z5.2027-01-01") == slip
    assert tx.report_papers.next_copy("z5.2027-01-01") == 1 and tx.report_papers.next_copy("z5.2027-01-01") == 2
    tx.rollback()
