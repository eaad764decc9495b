"""Paper: at most one original of a sale is ever sent, and a sale without one has a job that says so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from counter_bench import COLA, NOODLES, PRINTER, CounterBench, Habits

from edge.codec.command_card import card_code
from edge.errors import DiskFull
from edge.messages import CommandRefused, DeviceDown, Outcome, PrinterState, PrinterStatus, SendPrint
from edge.model.ledger_rows import EffectState
from edge.model.slip import Align, Text
from edge.services.receipts import RETRY_S, PrintMode

REPRINT = "ZZ1113"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    shop = CounterBench(tmp_path / "shop")
    shop.printer_ready()
    return shop


def states(shop: CounterBench) -> list[str]:
    """Of all jobs of all sales, in the order of sales and copies."""
    tx = shop.begin()
    jobs = [job for row in shop.records("sale.completed") for job in tx.print_jobs.of(row["id"])]
    return [job.state.value for job in jobs]


def test_a_sale_prints_its_receipt_once(shop: CounterBench) -> None:
    shop.sell(COLA)
    assert [(job.copy_no, "可乐" in repr(job.slip)) for job in shop.printed] == [(0, True)]
    assert states(shop) == ["sending"]
    shop.paper(Outcome.DONE)
    assert states(shop) == ["printed"]


def test_the_ledger_says_sending_before_the_first_byte_leaves(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    seen: list[list[str]] = []
    shop.bus.route(SendPrint, lambda _: seen.append(states(shop)))
    shop.printer_ready()
    shop.sell(COLA)
    assert seen == [["sending"]]


def test_jobs_go_one_at_a_time_oldest_first(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sell(NOODLES)
    assert len(shop.printed) == 1
    shop.paper(Outcome.DONE)
    assert [("可乐" in repr(job.slip), "方便面" in repr(job.slip)) for job in shop.printed] == [
        (True, False), (False, True)
    ]  # fmt: skip


def test_a_job_queued_before_a_power_cut_is_printed_after_it(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell(COLA)
    shop.restart()
    assert shop.printed == []
    shop.printer_ready()
    assert len(shop.printed) == 1


def test_a_job_that_was_being_sent_is_unknown_after_a_power_cut_and_never_sent_again(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.hush()
    shop.restart()
    shop.printer_ready()
    assert (shop.printed, states(shop)) == ([], ["unknown"])
    assert "小票不确定" in "".join(speech.text for speech in shop.spoken)
    assert [row["data"]["outcome"] for row in shop.records("print.ended")] == ["unknown"]
    shop.card(REPRINT)
    assert [job.copy_no for job in shop.printed] == [1]


def test_a_job_of_unknown_outcome_lets_the_next_one_print_and_is_not_repeated(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sell(NOODLES)
    shop.paper(Outcome.UNKNOWN)
    assert len(shop.printed) == 2
    shop.paper(Outcome.DONE)
    assert states(shop) == ["unknown", "printed"]


def test_a_slip_that_can_never_be_printed_does_not_block_the_others(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sell(NOODLES)
    shop.paper(Outcome.FAILED)
    shop.paper(Outcome.DONE)
    assert states(shop) == ["failed", "printed"]


def test_without_paper_the_sale_is_made_and_prints_exactly_once_after_the_refill(shop: CounterBench) -> None:
    shop.printer(PrinterState.PAPER_OUT)
    assert shop.last_words == "没有打印纸"
    assert len(shop.records("paper.out")) == 1
    shop.sell(COLA)
    assert (len(shop.sales()), shop.printed) == (1, [])
    assert shop.last_words == "单子没打，换纸后补打"
    shop.printer(PrinterState.PAPER_OUT)
    shop.printer(PrinterState.READY)
    shop.printer(PrinterState.READY)
    assert len(shop.printed) == 1
    shop.paper(Outcome.DONE)
    shop.printer(PrinterState.PAPER_OUT)
    shop.printer(PrinterState.READY)
    assert len(shop.printed) == 1
    assert len(shop.records("printer.ok")) == 2


def test_a_job_that_was_not_begun_is_tried_again_even_when_the_status_stays_good(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.paper(Outcome.NOT_STARTED)
    assert states(shop) == ["queued"]
    shop.pass_s(RETRY_S)
    assert len(shop.printed) == 2
    assert {job.job for job in shop.printed} == {shop.printed[0].job}


def test_a_command_that_the_printer_never_took_is_tried_again(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.tell(CommandRefused(PRINTER, shop.printed[0]))
    shop.pass_s(RETRY_S)
    assert len(shop.printed) == 2


def test_an_outcome_that_comes_late_or_twice_changes_nothing_more(shop: CounterBench) -> None:
    shop.sell(COLA)
    job = shop.printed[0].job
    shop.paper(Outcome.UNKNOWN, job)
    for late in (Outcome.DONE, Outcome.NOT_STARTED, Outcome.UNKNOWN):
        shop.paper(late, job)
        shop.pass_s(RETRY_S)
    assert len(shop.printed) == 1
    assert states(shop) == ["unknown"]
    assert len(shop.records("print.ended")) == 1


def test_a_printer_that_answers_no_status_request_prints_all_the_same(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.printer(PrinterState.UNKNOWN)
    shop.sell(COLA)
    assert len(shop.printed) == 1
    shop.paper(Outcome.UNKNOWN)
    shop.sell(COLA)
    assert len(shop.printed) == 2
    assert "print.unknown" not in shop.prompts


@pytest.mark.parametrize(
    ("state", "words"), [(PrinterState.COVER_OPEN, "打印机盖子没关"), (PrinterState.FAULT, "打印机有故障")]
)
def test_a_printer_in_trouble_says_so_once_and_keeps_its_jobs(
    shop: CounterBench, state: PrinterState, words: str
) -> None:
    shop.printer(state)
    shop.printer(state)
    assert [speech.text for speech in shop.spoken].count(words) == 1
    assert [row["data"]["state"] for row in shop.records("printer.fault")] == [state.value]
    shop.sell()
    shop.card(REPRINT)
    assert shop.last_words == words
    assert states(shop) == ["queued"], "the receipt that waits is not asked for twice"
    shop.printer(PrinterState.READY)
    assert shop.last_words == "正在补打一张"


def test_a_printer_that_is_pulled_keeps_its_jobs_until_it_is_back(shop: CounterBench) -> None:
    shop.tell(DeviceDown(PRINTER, "the cable"))
    shop.sell()
    assert shop.printed == []
    assert "打印机没有连上" in [speech.text for speech in shop.spoken]
    shop.printer_ready()
    assert len(shop.printed) == 1


def test_copies_are_numbered_and_only_the_original_is_none(shop: CounterBench) -> None:
    shop.sell()
    shop.paper(Outcome.DONE)
    for _ in range(3):
        shop.card(REPRINT)
        shop.paper(Outcome.DONE)
    assert [job.copy_no for job in shop.printed] == [0, 1, 2, 3]
    assert shop.last_words == "正在重打小票"


def test_a_reprint_with_no_sale_says_so(shop: CounterBench) -> None:
    shop.card(REPRINT)
    assert shop.prompts[-1] == "reprint.none"


def test_a_shop_that_prints_on_request_prints_the_original_when_it_is_asked(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(print_mode=PrintMode.ON_REQUEST))
    shop.printer_ready()
    shop.sell()
    assert shop.printed == []
    shop.card(REPRINT)
    shop.paper(Outcome.DONE)
    shop.card(REPRINT)
    assert [job.copy_no for job in shop.printed] == [0, 1]


@pytest.mark.parametrize("seed", range(10))
def test_whatever_happens_no_sale_has_two_originals_sent_and_none_is_forgotten(seed: int, tmp_path: Path) -> None:
    """Random outcomes, states, refusals and power cuts; NOT_STARTED promises that no byte left."""
    chance = Random(seed)
    shop = CounterBench(tmp_path / "shop")
    touched: Counter[str] = Counter()
    open_prints: list[SendPrint] = []
    for _ in range(60):
        match chance.choice(("sell", "outcome", "outcome", "outcome", "state", "refuse", "cut", "wait", "reprint")):
            case "sell":
                shop.sell(chance.choice((COLA, NOODLES)))
            case "outcome" if open_prints:
                send = open_prints.pop()
                outcome = chance.choice(tuple(Outcome))
                if outcome is not Outcome.NOT_STARTED and send.copy_no == 0:
                    touched[send.job] += 1
                shop.paper(outcome, send.job)
            case "refuse" if open_prints:
                shop.tell(CommandRefused(PRINTER, open_prints.pop()))
            case "state":
                shop.printer(chance.choice(tuple(PrinterState)))
            case "cut":
                touched.update(send.job for send in open_prints if send.copy_no == 0)
                open_prints.clear()
                shop.restart()
            case "wait":
                shop.pass_s(RETRY_S)
            case "reprint":
                shop.card(REPRINT)
        open_prints += shop.printed
        shop.printed.clear()
        assert len(open_prints) <= 1
    assert all(times == 1 for times in touched.values())
    tx = shop.begin()
    for row in shop.records("sale.completed"):
        original = tx.print_jobs.of(row["id"])[0]
        assert original.copy_no == 0
        if original.id not in touched:
            assert original.state in (EffectState.QUEUED, EffectState.SENDING)
        else:
            assert original.state in (EffectState.PRINTED, EffectState.UNKNOWN, EffectState.FAILED)


@pytest.mark.parametrize(("after", "row"), [(PrinterState.PAPER_OUT, "paper.out"), (PrinterState.READY, "printer.ok")])
def test_a_change_that_found_no_room_is_said_and_recorded_when_there_is_some(
    shop: CounterBench, after: PrinterState, row: str
) -> None:
    if after is PrinterState.READY:
        shop.printer(PrinterState.PAPER_OUT)
    shop.hush()
    full = [DiskFull("full")]

    def no_room(*_: object) -> None:
        if full:
            raise full.pop()

    shop.bus.on(PrinterStatus, no_room)
    shop.printer(after)
    assert len(shop.records(row)) == 1
    assert ("print.paper" in shop.prompts) is (after is PrinterState.PAPER_OUT)
    shop.sell()
    assert len(shop.printed) == (after is PrinterState.READY)


def test_what_another_printer_says_is_not_about_the_receipts(shop: CounterBench) -> None:
    shop.tell(PrinterStatus("label_printer", PrinterState.PAPER_OUT))
    assert shop.records("paper.out") == []
    shop.sell()
    assert len(shop.printed) == 1


# --- papers that are no receipts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.FAILED])
@pytest.mark.parametrize("number", [166, 164], ids=["report", "cash in"])
def test_a_lost_slip_is_said_and_the_card_prints_it_again(number: int, outcome: Outcome, shop: CounterBench) -> None:
    shop.sell()
    shop.paper(Outcome.DONE)
    shop.scan(card_code(number))
    shop.keys("10E")
    lost = shop.printed[-1]
    shop.paper(outcome)
    assert shop.prompts[-1] == "print.unknown"
    shop.card(REPRINT)
    again = shop.printed[-1]
    assert (again.slip, again.copy_no, again.job != lost.job) == (lost.slip, 1, True)


def test_the_last_paper_is_printed_again_whatever_it_was(shop: CounterBench) -> None:
    shop.sell()
    shop.paper(Outcome.DONE)
    shop.scan(card_code(166))
    report = shop.printed[-1].slip
    shop.paper(Outcome.DONE)
    for copy_no in (1, 2):
        shop.card(REPRINT)
        shop.paper(Outcome.DONE)
        assert (shop.printed[-1].slip, shop.printed[-1].copy_no) == (report, copy_no)
    shop.sell()
    shop.paper(Outcome.DONE)
    receipt = shop.printed[-1].slip
    shop.card(REPRINT)
    assert shop.printed[-1].slip == receipt


def test_a_slip_that_is_lost_after_the_next_was_queued_is_the_one_that_is_printed_again(shop: CounterBench) -> None:
    shop.scan(card_code(166), card_code(166))
    first = shop.printed[-1]
    shop.paper(Outcome.UNKNOWN, first.job)
    shop.paper(Outcome.DONE)
    shop.restart()
    shop.printer_ready()
    shop.card(REPRINT)
    assert (shop.printed[-1].slip, shop.printed[-1].copy_no) == (first.slip, 1)


def test_only_the_last_slip_keeps_its_text(shop: CounterBench) -> None:
    for _ in range(3):
        shop.scan(card_code(166))
        shop.paper(Outcome.DONE)
    tx = shop.begin()
    assert tx._read("SELECT count(*) FROM print_job WHERE slip IS NOT NULL").fetchone() == (1,)
    shop.sell()
    assert shop.begin()._read("SELECT count(*) FROM print_job WHERE slip IS NOT NULL").fetchone() == (0,)


def test_a_shop_that_never_prints_receipts_is_told_so(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(print_mode=PrintMode.NEVER))
    shop.printer_ready()
    shop.sell()
    shop.card(REPRINT)
    assert (shop.last_words, shop.printed) == ("本店设了不打小票", [])
    shop.scan(card_code(166))
    shop.paper(Outcome.DONE)
    shop.sell()
    shop.card(REPRINT)
    assert [send.copy_no for send in shop.printed] == [0, 1], "a report it prints, and prints again"


def test_practice_on_request_has_its_paper_too(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(print_mode=PrintMode.ON_REQUEST))
    shop.printer_ready()
    shop.scan(card_code(187))
    shop.sell()
    assert shop.printed == []
    for copy_no in (0, 1):
        shop.card(REPRINT)
        shop.paper(Outcome.DONE)
        assert shop.printed[-1].copy_no == copy_no
        assert Text("练习 无效", Align.CENTRE, bold=True, big=True) in shop.printed[-1].slip.blocks


def test_a_silent_printers_late_answer_does_not_change_which_paper_is_the_last(tmp_path: Path) -> None:
    """Each of its jobs ends as unknown: that says nothing of the paper."""
    shop = CounterBench(tmp_path / "shop")
    shop.printer(PrinterState.UNKNOWN)
    shop.sell(COLA)
    first = shop.printed[-1].job
    shop.sell(NOODLES)
    shop.paper(Outcome.UNKNOWN, first)
    shop.paper(Outcome.UNKNOWN)
    shop.card(REPRINT)
    assert "方便面" in repr(shop.printed[-1].slip) and shop.printed[-1].copy_no == 1
