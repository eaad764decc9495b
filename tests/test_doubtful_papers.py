"""Papers of which nobody knows: listed until a person has seen to each, and to each once."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA
from test_device_tests import PageBench
from test_receipts_service import REPRINT

from edge.messages import DeviceUp, Outcome, PrinterState, PrinterStatus
from edge.services.doubtful_papers import AGAIN, ASKED_FOR, SEEN, DoubtfulPapers

CID = "019aadf2-4c02-7c3e-9d51-{:012d}"


class DoubtBench(PageBench):
    def _at_page(self, *_: object) -> object:  # type: ignore[override]
        return DoubtfulPapers(printer=True).orders

    @property
    def doubtful(self) -> list[str]:
        tx = self.begin()
        found = [job.id for job in tx.print_jobs.doubtful(self.clock.wall() - ASKED_FOR)]
        tx.rollback()
        return found

    @property
    def problems(self) -> list[str]:
        tx = self.begin()
        found = [one.kind for one in self.health.snapshot(tx, 0).troubles]
        tx.rollback()
        return found


@pytest.fixture
def shop(tmp_path: Path) -> DoubtBench:
    shop = DoubtBench(tmp_path)
    shop.printer_ready()
    shop.sell(COLA)
    shop.paper(Outcome.UNKNOWN)
    shop.hush()
    return shop


def test_a_paper_in_doubt_is_a_problem_and_one_that_was_seen_is_none(shop: DoubtBench) -> None:
    (job,) = shop.doubtful
    assert "paper.doubtful" in shop.problems
    shop.order(SEEN, job=job)
    assert shop.states == ["done"] and shop.doubtful == [] and "paper.doubtful" not in shop.problems
    ended = shop.records("print.ended")[-1]["data"]
    assert (ended["job"], ended["outcome"]) == (job, "printed") and "technician" in ended["reason"]
    assert shop.printed == []


def test_printed_again_it_is_a_copy_and_only_one(shop: DoubtBench) -> None:
    (job,) = shop.doubtful
    shop.order(AGAIN, CID.format(1), job=job)
    assert shop.states == ["done"] and [one.copy_no for one in shop.printed] == [1]
    shop.order(AGAIN, CID.format(2), job=job)
    assert shop.states == ["done", "failed"] and len(shop.printed) == 1
    shop.paper(Outcome.DONE)
    assert shop.doubtful == []


def test_a_copy_that_is_in_doubt_itself_is_the_next(shop: DoubtBench) -> None:
    (first,) = shop.doubtful
    shop.order(AGAIN, job=first)
    shop.paper(Outcome.UNKNOWN)
    (second,) = shop.doubtful
    assert second != first
    shop.order(SEEN, CID.format(2), job=second)
    assert shop.doubtful == [], "one of them is there"


def test_the_reprint_card_sees_to_it_as_well(shop: DoubtBench) -> None:
    shop.card(REPRINT)
    assert shop.doubtful == []


def test_after_two_days_nobody_asks(shop: DoubtBench) -> None:
    shop.clock.pass_s(ASKED_FOR.total_seconds() + 60)
    assert shop.doubtful == []


def test_of_a_printer_that_never_answers_no_paper_is_a_problem(shop: DoubtBench) -> None:
    shop.tell(DeviceUp("receipt_printer"), PrinterStatus("receipt_printer", PrinterState.UNKNOWN))
    assert "paper.doubtful" not in shop.problems


@pytest.mark.parametrize("job", ["", "x", "019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f"])
def test_what_is_no_paper_in_doubt_is_refused(shop: DoubtBench, job: str) -> None:
    shop.order(SEEN, job=job)
    assert shop.answer["state"] == "failed"
