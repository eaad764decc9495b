"""A count on paper: what to count again, and in the end what differs from the books (product row 87)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from edge.model.money import Milli, quantity_text
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text
from edge.model.stock import Counted

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "title": "盘点单", "again": "请再数一遍", "time": "时间", "kinds": "盘点品种", "right": "对得上",
        "differ": "不一样", "first": "第一次数", "books": "账上", "found": "数到", "twice": "数过两遍",
        "once": "没再数", "more": "其余品种", "how": "再扫一遍，数完按确认", "sign": "签名",
    },
    "en": {
        "title": "Stock count", "again": "Count again", "time": "Time", "kinds": "Goods counted",
        "right": "As in the books", "differ": "Different", "first": "First count", "books": "Books", "found": "Found",
        "twice": "counted twice", "once": "not counted again", "more": "And more goods",
        "how": "Scan again, then Enter", "sign": "Signature",
    },
}  # fmt: skip
MAX_ROWS = 100
"""Of one part of the slip: two metres of paper are read by nobody. The journal has all of it."""


def recount_slip(far: Sequence[Counted], *, shop: str, now: str, language: str) -> Slip:
    """Without what the books say: who knows the number finds it."""
    words = WORDS[language]
    rows: list[Block] = []
    for counted in far[:MAX_ROWS]:
        rows += [Text(counted.name, bold=True), Row(counted.sku, "_" * 8)]
    return Slip((
        Text(shop, Align.CENTRE), Text(words["again"], Align.CENTRE, bold=True, big=True), Feed(),
        Row(words["time"], now), Rule(), *rows, *_more(len(far), words), Rule(), Text(words["how"], Align.CENTRE),
        Feed(),
    ))  # fmt: skip


def count_slip(
    counted: Sequence[Counted], doubted: Collection[str], *, shop: str, now: str, language: str
) -> Slip:  # fmt: skip
    """`doubted`: skus of what was to be counted again. The largest differences stand first."""
    words = WORDS[language]
    differ = sorted((one for one in counted if one.difference), key=lambda one: -abs(one.difference or 0))
    first = [one for one in counted if one.difference is None]
    return Slip((
        Text(shop, Align.CENTRE), Text(words["title"], Align.CENTRE, bold=True, big=True), Feed(),
        Row(words["time"], now), Row(words["kinds"], str(len(counted))),
        Row(words["right"], str(len(counted) - len(differ) - len(first))), Row(words["differ"], str(len(differ))),
        *_differences(differ, doubted, words), *_found_first(first, words), Rule(double=True), Feed(),
        Row(words["sign"], "_" * 16), Feed(),
    ))  # fmt: skip


def _differences(differ: Sequence[Counted], doubted: Collection[str], words: dict[str, str]) -> list[Block]:
    rows: list[Block] = [Rule()] if differ else []
    for one in differ[:MAX_ROWS]:
        books = f"{words['books']} {quantity_text(one.was or Milli(0))}  {words['found']} {_lies(one)}"
        rows += [Text(one.name, bold=True), Row(books, _signed(one.difference or Milli(0)), bold=True)]
        if one.sku in doubted:
            rows.append(Text(f"  ({words['twice' if one.again else 'once']})"))
    return rows + _more(len(differ), words)


def _found_first(first: Sequence[Counted], words: dict[str, str]) -> list[Block]:
    """Nobody knew what should lie there: from now on it is known."""
    rows: list[Block] = [Rule(), Text(words["first"], Align.CENTRE)] if first else []
    rows += [Row(one.name, _lies(one)) for one in first[:MAX_ROWS]]
    return rows + _more(len(first), words)


def _lies(one: Counted) -> str:
    return f"{quantity_text(one.qty)} kg" if one.weighed else quantity_text(one.qty)


def _more(count: int, words: dict[str, str]) -> list[Block]:
    return [Row(words["more"], str(count - MAX_ROWS))] if count > MAX_ROWS else []


def _signed(qty: Milli) -> str:
    return quantity_text(qty) if qty < 0 else f"+{quantity_text(qty)}"
