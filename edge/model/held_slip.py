"""The slip of a sale that stands aside: scanned, it brings the sale back (product row 15)."""

from __future__ import annotations

from edge.model.money import quantity_text, yuan
from edge.model.receipt import pieces_of
from edge.model.sale import Sale
from edge.model.slip import Align, Barcode, Feed, Row, Rule, Slip, Text
from edge.model.training_slip import MARK

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"title": "挂单", "time": "时间", "total": "合计", "more": "还有 {n} 种", "how": "扫这个码取单",
              "no": "不是小票", "items": "件数"},
    "en": {"title": "Held sale", "time": "Time", "total": "Total", "more": "and {n} more", "how": "Scan to recall",
           "no": "Not a receipt", "items": "Items"},
}  # fmt: skip
LINES_SHOWN = 3
"""Enough to know whose it is."""


def held_slip(sale: Sale, *, code: str, local_time: str, language: str) -> Slip:
    """`code` is the text of its barcode; `local_time` as it shall be printed."""
    words, standing = WORDS[language], sale.standing
    shown = [Row(line.name, yuan(line.amount)) for line in standing[:LINES_SHOWN]]
    rest = len(standing) - len(shown)
    return Slip(
        (
            Text(words["title"], Align.CENTRE, bold=True, big=True),
            Text(words["no"], Align.CENTRE),
            *([Text(MARK[language], Align.CENTRE, bold=True)] if sale.training else []),
            Feed(),
            Text(f"{words['time']} {local_time}"),
            Rule(),
            *shown,
            *([Text(words["more"].format(n=rest))] if rest else []),
            Rule(),
            Row(f"{words['items']} {quantity_text(pieces_of(sale))}", ""),
            Row(words["total"], f"￥{yuan(sale.total)}", bold=True),
            Feed(),
            Barcode(code),
            Text(words["how"], Align.CENTRE),
        )
    )
