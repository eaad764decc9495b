"""A plan on paper: each piece of advice with its reason, and the barcode that accepts it (row 92)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edge.model.money import yuan
from edge.model.plan import Advice, PlanLine
from edge.model.slip import Align, Barcode, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "title": "经营建议", "add": "进货试卖", "drop": "不再进货", "reprice": "改价", "until": "有效到",
        "how": "同意哪条就扫哪条，不扫就不变", "price": "改成",
        "from": "根据您店和同类店八周的销售",
    },
    "en": {
        "title": "Advice", "add": "Try selling", "drop": "Stop ordering", "reprice": "New price",
        "until": "Valid until", "how": "Scan only what you agree to", "price": "To",
        "from": "From 8 weeks, here and elsewhere",
    },
}  # fmt: skip


def plan_slip(
    lines: Sequence[PlanLine], *, code: Callable[[PlanLine], str], shop: str, now: str, language: str
) -> Slip:  # fmt: skip
    """`code` gives the text of a line's barcode; `now` as it shall be printed."""
    words = WORDS[language]
    blocks: list[Block] = [
        Text(shop, Align.CENTRE),
        Text(words["title"], Align.CENTRE, bold=True, big=True),
        Text(words["from"], Align.CENTRE),
        Text(now, Align.CENTRE),
        Text(words["how"], Align.CENTRE, bold=True),
    ]
    for line in lines:
        blocks += [Rule(), *_line(line, words, language), Feed(), Barcode(code(line))]
    until = next((line.until for line in lines if line.until is not None), None)
    blocks += [Rule(double=True), *([Row(words["until"], until.isoformat())] if until is not None else []), Feed()]
    return Slip(tuple(blocks))


def _line(line: PlanLine, words: dict[str, str], language: str) -> list[Block]:
    told: list[Block] = [Text(f"{words[line.advice]}：{line.name}" if language != "en" else
                              f"{words[line.advice]}: {line.name}", bold=True)]  # fmt: skip
    if line.advice is Advice.REPRICE and line.price is not None:
        told.append(Row(words["price"], f"￥{yuan(line.price)}", bold=True))
    return [*told, Text(line.why.spoken(language))]
