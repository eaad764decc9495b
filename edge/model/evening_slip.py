"""The owner's evening slip: the X report, and below it part by part what the day says (product row 93)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from edge.model.evening import Dead, Hour, Margin, SoldLine
from edge.model.money import Milli, quantity_text, yuan
from edge.model.slip import Align, Block, Row, Rule, Slip, Text, plural

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "drawer": "钱箱", "uncounted": "还没点钱", "margin": "毛利（估）", "percent": "毛利率", "loss": "亏（估）",
        "blind": "没有进价 {n} 种", "no_cost": "没有进价，算不出", "best": "卖得最好", "pieces": "{item} ×{n}",
        "weight": "{item} {n}公斤", "hours": "最忙的时段", "hour": "{a}点到{b}点 {n} 单", "sold_out": "卖完了",
        "left": "账上 {n}", "more": "还有 {n} 种", "end": "报告完", "dead": "卖不动", "days": "{n}天 压{a}元",
        "over": "已经过期，请下架", "soon": "七天内到期", "today": "今天到期", "until": "{day} 还有 {n}",
    },
    "en": {
        "drawer": "Drawer", "uncounted": "not counted yet", "margin": "Margin (est.)", "percent": "of sales",
        "loss": "Loss (est.)", "blind": "{n} kind{s} without cost", "no_cost": "no cost known", "best": "Sold best",
        "pieces": "{item} ×{n}", "weight": "{item} {n} kg", "hours": "Best hours",
        "hour": "{a:02d}-{b:02d} h, {n} sale{s}", "sold_out": "Sold out",
        "left": "{n} by the books", "more": "and {n} more", "end": "End of report",
        "dead": "Not selling", "days": "{n} day{s}, ￥{a}", "over": "EXPIRED. Take off the shelf",
        "soon": "Within seven days", "today": "Last day today", "until": "{day}, {n} left",
    },
}  # fmt: skip


def evening_slip(x_report: Slip, parts: Iterable[Sequence[Block]], language: str) -> Slip:
    """What is taken first: the X report is on the paper while the eye still looks for it. Empty parts take none."""
    blocks = list(x_report.blocks)
    for part in parts:
        blocks += [Rule(), *part] if part else []
    return Slip((*blocks, Rule(), Text(WORDS[language]["end"], Align.CENTRE)))


def uncounted_rows(language: str) -> list[Block]:
    """Nobody has counted the drawer since the last Z report; what should lie in it stays unsaid until then (row 34)."""
    words = WORDS[language]
    return [Row(words["drawer"], words["uncounted"])]


def margin_rows(margin: Margin | None, language: str) -> list[Block]:
    """None: no goods that were sold has a cost."""
    words = WORDS[language]
    if margin is None:
        return [Row(words["margin"], words["no_cost"])]
    word = words["margin" if margin.earned >= 0 else "loss"]
    rows: list[Block] = [Row(word, f"￥{yuan(abs(margin.earned))}", bold=True)]
    if margin.percent is not None:
        rows.append(Row(f"  {words['percent']}", f"{margin.percent}%"))
    if margin.blind:
        rows.append(Row(f"  {words['blind'].format(n=margin.blind, s=plural(margin.blind))}", yuan(margin.blind_sold)))
    return rows


def best_rows(goods: Sequence[SoldLine], language: str) -> list[Block]:
    words = WORDS[language]
    rows = [Row(_quantity(line, words), yuan(line.amount)) for line in goods]
    return [Row(words["best"], "", bold=True), *rows] if rows else []


def hour_rows(hours: Sequence[Hour], language: str) -> list[Block]:
    words = WORDS[language]
    rows = [
        Row(
            words["hour"].format(a=each.hour, b=each.hour + 1, n=each.sales, s=plural(each.sales)), yuan(each.amount)
        ) for each in hours
    ]  # fmt: skip
    return [Row(words["hours"], "", bold=True), *rows] if rows else []


def sold_out_rows(goods: Sequence[tuple[str, Milli]], more: int, language: str) -> list[Block]:
    """Goods that were sold today and of which nothing is left, each with what the books say; `more` are not listed."""
    words = WORDS[language]
    rows = [Row(name, words["left"].format(n=quantity_text(left))) for name, left in goods]
    rest = [Text(words["more"].format(n=more))] if more else []
    return [Row(words["sold_out"], "", bold=True), *rows, *rest] if rows else []


def dead_rows(goods: Sequence[Dead], language: str) -> list[Block]:
    """What lies in them is what they cost, or where nobody knows that what they would sell for."""
    words = WORDS[language]
    rows = [
        Row(
            words["weight" if dead.weighed else "pieces"].format(item=dead.name, n=quantity_text(dead.on_hand)),
            words["days"].format(n=dead.days, s=plural(dead.days), a=dead.worth // 100),
        )
        for dead in goods
    ]
    return [Row(words["dead"], "", bold=True), *rows] if rows else []


def expiring_rows(goods: Sequence[tuple[str, Milli, date]], more: int, today: date, language: str) -> list[Block]:
    """(name, how much, last day) in the order of their dates: over, of today, of the days after."""
    words = WORDS[language]
    rows: list[Block] = []
    said = ""
    for name, qty, until in goods:
        when = "over" if until < today else "today" if until == today else "soon"
        rows += [Row(words[when], "", bold=True)] if when != said else []
        rows.append(Row(name, words["until"].format(day=f"{until:%m-%d}", n=quantity_text(qty))))
        said = when
    return [*rows, Text(words["more"].format(n=more))] if more else rows


def _quantity(line: SoldLine, words: dict[str, str]) -> str:
    return words["weight" if line.weighed else "pieces"].format(item=line.name, n=quantity_text(line.qty))
