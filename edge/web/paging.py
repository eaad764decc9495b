"""Long lists in pages: which one is asked for, and whether there is another behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

Row = TypeVar("Row")
MOST_PAGES = 10_000
_DIGITS = 15


def whole(text: str, otherwise: int) -> int:
    """A number above zero as it stands in an address; whatever else stands there counts as not given."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text) > 0 else otherwise


def page_of(query: Mapping[str, str]) -> int:
    """From 1."""
    return min(whole(query.get("page", ""), 1), MOST_PAGES)


def cut(found: Sequence[Row], page: int, size: int) -> tuple[Sequence[Row], int]:
    """(what stands on the page, the next one's number or 0), of `size` + 1 rows that were looked for."""
    return found[:size], page + 1 if len(found) > size else 0
