"""Who asked for a loan stands nowhere: on no disk, in no log, no backup, and in one message alone (row 77)."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from loan_bench import LOAN, LoanBench, token

TILL = token("T")
AUTHORISATION = "02000123"
APPLICANT = {
    "name": "张三丰", "phone": "13812345678", "id_no": "110101199003070038", "card": "6222021234567890128",
    "pin": "482913", "score": "credit-743", "reason": "income-too-low",
}  # fmt: skip
"""What a careless lender sends beside what it is asked for."""


@pytest.fixture
def told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[tuple[LoanBench, list[str]]]:
    """A loan from the token to the cash, in which each answer says too much; and all that was logged."""
    caplog.set_level(logging.DEBUG)
    shop = LoanBench(tmp_path / "shop")
    shop.quiet = True
    plain, answers = shop.say, []

    def chatty(request: object, **other: object) -> None:
        answers.append(request)
        plain(request, **(APPLICANT | other))  # type: ignore[arg-type]

    shop.say = chatty  # type: ignore[method-assign]
    shop.quiet = False
    shop.paying(TILL, AUTHORISATION)
    shop.keys("E")
    assert shop.states[-1] == "paid_out" and len(answers) >= 4
    yield shop, [record.getMessage() for record in caplog.records]


SECRETS = [*APPLICANT.values(), TILL, AUTHORISATION]


def found_in(octets: bytes, secrets: list[str]) -> set[str]:
    spelled = {secret: (secret.encode(), secret.encode("gb18030"), secret.encode("utf-16-le")) for secret in secrets}
    return {secret for secret, spellings in spelled.items() if any(one in octets for one in spellings)}


def test_no_file_of_the_terminal_knows_the_applicant_or_the_token(told: tuple[LoanBench, list[str]]) -> None:
    shop, _ = told
    files = [file for file in shop.folder.rglob("*") if file.is_file()]
    assert any(file.name == "ledger.db" for file in files)
    for file in files:  # with the write-ahead log as it lies there
        assert found_in(file.read_bytes(), SECRETS) == set(), file.name


def test_no_file_knows_them_after_a_power_cut_and_a_clean_end(told: tuple[LoanBench, list[str]]) -> None:
    shop, _ = told
    shop.restart()
    shop.ledger.close(clean=True)
    for file in shop.folder.rglob("*"):
        assert not file.is_file() or found_in(file.read_bytes(), SECRETS) == set(), file.name


def test_no_backup_copy_knows_them(told: tuple[LoanBench, list[str]], tmp_path: Path) -> None:
    shop, _ = told
    copy = tmp_path / "backup.db"
    with sqlite3.connect(shop.ledger.path) as live, sqlite3.connect(copy) as kept:
        live.backup(kept)
    assert found_in(copy.read_bytes(), SECRETS) == set()


def test_no_log_says_them(told: tuple[LoanBench, list[str]]) -> None:
    _, logged = told
    assert found_in("\n".join(logged).encode(), SECRETS) == set()


def test_nothing_leaves_with_them_but_the_two_questions(told: tuple[LoanBench, list[str]]) -> None:
    """The token in service.quote, the authorisation in loan.payout, each once."""
    shop, _ = told
    with_token = [publish for publish in shop.published if TILL.encode() in publish.payload]
    with_code = [publish for publish in shop.published if AUTHORISATION.encode() in publish.payload]
    assert (len(with_token), len(with_code)) == (1, 1)
    for publish in shop.published:
        assert found_in(publish.payload, list(APPLICANT.values())) == set()


def test_nobody_hears_sees_or_reads_them(told: tuple[LoanBench, list[str]]) -> None:
    shop, _ = told
    others = [effect for effect in shop.left if type(effect).__name__ != "Publish"]
    assert found_in(repr(others).encode(), SECRETS) == set()


def test_an_authorisation_is_typed_behind_stars(tmp_path: Path) -> None:
    shop = LoanBench(tmp_path / "shop")
    shop.accepted(TILL)
    shop.scan(LOAN, TILL)
    shop.shown.clear()
    shop.keys(AUTHORISATION)
    assert [show.name for show in shop.shown] == ["*" * n for n in range(1, 9)]


def test_a_token_that_is_refused_is_nowhere_either(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shop = LoanBench(tmp_path / "shop")
    for code in (token("R"), token("N"), "AL-no-such-token-4711"):
        shop.apply(code)
        shop.pass_s(14)
    codes = [token("R"), token("N"), "AL-no-such-token-4711"]
    assert found_in("\n".join(record.getMessage() for record in caplog.records).encode(), codes) == set()
    for file in shop.folder.rglob("*"):
        assert not file.is_file() or found_in(file.read_bytes(), codes) == set(), file.name
