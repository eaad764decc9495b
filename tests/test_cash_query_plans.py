"""Loans and notes of the bank never read a whole table that grows."""

from __future__ import annotations

from pathlib import Path

from loan_bench import LOAN, STOP, LoanBench, token
from test_agent_notes import habits_of, note
from test_query_plans import whole_reads


def test_no_statement_of_a_days_loans_and_notes_reads_a_whole_table(tmp_path: Path) -> None:
    shop = LoanBench(tmp_path / "shop", habits_of())
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    note(shop)
    shop.paying(token("T"))
    shop.card(STOP)
    shop.scan(LOAN)
    shop.keys("E")
    shop.accepted(token("W"))
    for _ in range(3):
        shop.sleep_s(1300)
    shop.ledger._connection.set_trace_callback(None)
    assert any("DELETE FROM loan" in sql for sql in said) and any("INTO agent_note" in sql for sql in said)
    assert list(whole_reads(shop, said)) == []
