"""docs/security.md: all fifty rows, each with its state, and no test is named that there is not."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "security.md"
ROWS = 50
WHO_BRINGS = ("the appliance", "the technician's pages", "the operator")


def rows() -> list[tuple[int, str, str, str]]:
    """(row, statement, state, what shows it)."""
    found = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [(int(row), statement, state, shown) for row, statement, state, shown in found]


@cache
def defined_in(name: str) -> frozenset[str]:
    file = ROOT / "tests" / name
    return frozenset(re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE))


def named(text: str) -> list[tuple[str, str]]:
    return re.findall(r"`((?:\w+/)?test_\w+\.py)::(test_\w+)`", text)


def test_every_row_stands_once_and_in_order() -> None:
    assert [row for row, *_ in rows()] == list(range(1, ROWS + 1))


@pytest.mark.parametrize(("row", "state", "shown"), [(row, state, shown) for row, _, state, shown in rows()])
def test_its_state_is_shown_by_something_that_there_is(row: int, state: str, shown: str) -> None:
    assert all(test in defined_in(file) for file, test in named(shown)), f"row {row} names a test that there is not"
    if state == "tested":
        assert named(shown)
    elif state == "by design":
        assert all((ROOT / place).exists() for place in re.findall(r"`(edge/[\w/.]+)`", shown)) and "`edge/" in shown
    else:
        assert state == "open"
        assert any(who in shown for who in WHO_BRINGS), f"row {row} does not say what brings it"


def test_what_is_named_beside_the_table_exists_too() -> None:
    everywhere = {test for file in (ROOT / "tests").glob("test_*.py") for test in defined_in(file.name)}
    page = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"`(test_\w+)`", page)) <= everywhere
    assert all((ROOT / place).exists() for place in re.findall(r"`((?:tests|systemd|edge)/[\w/.]+)`", page))
