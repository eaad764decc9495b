"""A loan from the token to the last instalment: paid out here, and paid back here by the reference on its contract."""

from __future__ import annotations

from pathlib import Path
from random import Random

from loan_bench import LOAN, LoanBench, token
from lossy_world import Network
from test_loans_trouble import LoanWorld

from edge.codec.command_card import card_code
from edge.model.counter import Verb
from edge.model.slip import Barcode

BILL, EXACT = card_code(146), card_code(102)


def test_a_loan_is_paid_back_by_the_barcode_on_its_contract(tmp_path: Path) -> None:
    world = LoanWorld(tmp_path, 1)
    world.network = Network(Random(1), loss=0.0, doubled=0.0, longest_s=0.1)
    shop = world.shop
    world.connect()
    wait(world, 5)
    shop.scan(LOAN, token("T"))
    wait(world, 8)
    shop.scan(token("T"))
    wait(world, 10)
    assert shop.states[-1] == "approved"
    reference = contract_barcode(shop)
    shop.scan(LOAN, token("T"))
    shop.keys("02000123E")
    wait(world, 2)
    shop.keys("E")
    assert shop.paid_out == 200_000

    shop.card(BILL)
    shop.scan(reference)
    wait(world, 3)
    assert shop.begin().counter.verb is Verb.SERVICE_OFFER
    shop.keys("E")
    (line,) = shop.lines
    assert line[0] == "贷款还款"
    shop.card(EXACT)
    wait(world, 5)
    assert [row["data"]["kind"] for row in shop.records("service.completed")] == ["repayment"]
    assert shop.sales()[-1]["total"] == line[1]
    assert shop.verdict() == ""
    world.store.close()


def wait(world: LoanWorld, seconds: int) -> None:
    for _ in range(seconds * 2):
        world.turn(0.5)


def contract_barcode(shop: LoanBench) -> str:
    """What stands in bars on the newest paper."""
    tx = shop.begin()
    rows = tx._read("SELECT id FROM print_job WHERE slip IS NOT NULL ORDER BY id")
    slips = [tx.print_jobs.find(job).slip for (job,) in rows]
    tx.rollback()
    return next(block.text for slip in reversed(slips) for block in slip.blocks if isinstance(block, Barcode))
