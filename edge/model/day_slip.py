"""The X and the Z report as slips (product row 35), with the goods whose stock cannot be right (row 38)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge.model import takings
from edge.model.carrier import Carriers
from edge.model.day_records import DayClosed
from edge.model.money import Fen, Milli, quantity_text, yuan
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text
from edge.model.takings import BACK, PAID, Takings
from edge.model.tender_names import tender_name

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "x": "今日报告", "z": "日结单", "no": "第 {n} 号", "open": "未日结，可以再打", "day": "营业日", "till": "机号",
        "time": "时间", "sale": "销售", "n": "{word} {n} 单", "rounding": "抹零", "disc": "优惠", "refund": "退货",
        "void": "冲正", "tab_repaid": "赊账还款",
        "no_receipt": "其中无小票", takings.SERVICES: "其中业务", takings.SERVICES_BACK: "其中业务",
        "on_tab": "赊账未收", "net": "实收",
        "times": "{word} {n} 笔", "back": "退{word}", "verified": "已核对", "unverified": "未核对",
        "pay_in": "放入零钱", "pay_out": "取出现金", "agent_in": "银行存款", "agent_out": "银行取款",
        "loan_out": "贷款放款", "short": "交班少", "over": "交班多", "exact": "交班正好",
        "no_sale": "无销售开钱箱", "cancelled": "整单取消", "expired": "挂单作废", "receipts": "小票",
        "none": "没有销售", "odd": "库存不对", "count": "请盘点", "end": "报告完", "more": "{item} 还有 {n} 种",
        "parcels": "快递", takings.STORED: "收{n}", takings.COLLECTED: "取{n}", takings.RETURNED: "退{n}",
        takings.HANDED_OVER: "寄{n}",
    },
    "en": {
        "x": "Today so far", "z": "Day closed", "no": "Z report {n}", "open": "Day still open", "day": "Day",
        "till": "Till", "time": "Time", "sale": "Sales", "n": "{word} ({n})", "rounding": "Rounding",
        "disc": "Discounts", "refund": "Refunds", "void": "Voids", "tab_repaid": "Tabs paid back",
        "no_receipt": "of that, no receipt", takings.SERVICES: "of that, services",
        takings.SERVICES_BACK: "of that, services",
        "on_tab": "Not paid, on tabs", "net": "Net", "times": "{word} ({n})",
        "verified": "seen to arrive", "unverified": "not verified",
        "back": "Back: {word}", "pay_in": "Cash in", "pay_out": "Cash out", "agent_in": "Bank pay-in",
        "agent_out": "Bank cash-out", "loan_out": "Loans paid out", "short": "Shifts short",
        "over": "Shifts over", "exact": "Shifts exact", "no_sale": "Drawer, no sale", "cancelled": "Sales cancelled",
        "expired": "Held sales ended", "receipts": "Receipts", "none": "Nothing was sold", "odd": "Stock is wrong",
        "count": "Please count", "end": "End of report", "more": "{item} and {n} more",
        "parcels": "Parcels", takings.STORED: "in {n}", takings.COLLECTED: "out {n}", takings.RETURNED: "back {n}",
        takings.HANDED_OVER: "sent {n}",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OddStock:
    """Goods of which less than nothing is on the shelf, or no whole piece."""

    name: str
    on_hand: Milli


def x_slip(report: DayClosed, carriers: Carriers, *, shop: str, now: str, language: str) -> Slip:
    """What a Z report would say if the day ended now. It has no number."""
    words = WORDS[language]
    head = Text(words["x"], Align.CENTRE, bold=True, big=True), Text(words["open"], Align.CENTRE)
    return Slip((*_head(report, head, shop=shop, now=now, words=words), *_sums(report, carriers, language)))


def z_slip(
    report: DayClosed, odd: Sequence[OddStock], carriers: Carriers, *, shop: str, now: str, language: str
) -> Slip:  # fmt: skip
    words = WORDS[language]
    number = words["no"].format(n=report.no)
    head = Text(words["z"], Align.CENTRE, bold=True, big=True), Text(number, Align.CENTRE, bold=True)
    return Slip(
        (*_head(report, head, shop=shop, now=now, words=words), *_sums(report, carriers, language),
         *_expired(report, words), *_odd(odd, words), Rule(),
         Text(words["end"], Align.CENTRE))
    )  # fmt: skip


def _head(
    report: DayClosed, title: tuple[Block, ...], *, shop: str, now: str, words: dict[str, str]
) -> tuple[Block, ...]:
    return (
        Text(shop, Align.CENTRE),
        *title,
        Feed(),
        Row(f"{words['day']} {report.business_day}", f"{words['till']} {report.till}"),
        Text(f"{words['time']} {now}"),
        Rule(),
    )


def _sums(report: DayClosed, carriers: Carriers, language: str) -> list[Block]:
    words, took = WORDS[language], report.takings
    blocks = _sales(took, words)
    blocks += [Rule(), *_methods(took, language), Rule(), *_drawer(took, words), Rule()]
    blocks += _parcels(took, carriers, language)
    if report.first is None or report.last is None:
        return [*blocks, Text(words["none"], Align.CENTRE)]
    return [*blocks, Row(words["receipts"], report.first), Row("", report.last)]


def _sales(took: Takings, words: dict[str, str]) -> list[Block]:
    """What was sold and what came off it; the net is what was paid less what was given back, but what is owed."""
    off, rounding = took.fen(takings.DISCOUNT), took.fen(takings.ROUNDING)
    sold = _times(words["n"], words[takings.SALE], took.times(takings.SALE))
    blocks: list[Block] = [Row(sold, yuan(took.fen(takings.SALE) + off))]
    blocks += _services(took, takings.SERVICES, words)
    blocks += [Row(words["disc"], yuan(-off))] if off else []
    blocks += [Row(words["rounding"], yuan(rounding))] if rounding else []
    blocks += [
        Row(_times(words["n"], words[what], took.times(what)), yuan(-took.fen(what)))
        for what in (takings.REFUND, takings.VOID)
        if took.times(what)
    ]
    if took.times(takings.NO_RECEIPT):
        word = _times(words["n"], words[takings.NO_RECEIPT], took.times(takings.NO_RECEIPT))
        blocks.append(Row(f"  {word}", yuan(-took.fen(takings.NO_RECEIPT))))
    blocks += _services(took, takings.SERVICES_BACK, words)
    if took.times(takings.TAB_REPAID):
        word = _times(words["times"], words[takings.TAB_REPAID], took.times(takings.TAB_REPAID))
        blocks.append(Row(word, yuan(took.fen(takings.TAB_REPAID))))
    blocks += [Row(words["on_tab"], yuan(-took.owed))] if took.owed else []
    return [*blocks, Rule(double=True), Row(words["net"], f"￥{yuan(took.net)}", bold=True, big=True)]


def _services(took: Takings, what: str, words: dict[str, str]) -> list[Block]:
    """What others did for customers, as a part of the row above; what went back of it is taken off."""
    sign = -1 if what == takings.SERVICES_BACK else 1
    word = _times(words["times"], words[what], took.times(what))
    return [Row(f"  {word}", yuan(Fen(sign * took.fen(what))))] if took.times(what) else []


def _methods(took: Takings, language: str) -> list[Block]:
    words = WORDS[language]
    form, back = words["times"], words["back"]
    rows: list[Block] = []
    for method, times, fen in took.methods(PAID):
        rows.append(Row(_times(form, tender_name(method, language), times), yuan(fen)))
        rows += _seen(took, times, fen, words) if method == takings.OTHER else []
    rows += [
        Row(_times(form, back.format(word=tender_name(method, language)), times), yuan(-fen))
        for method, times, fen in took.methods(BACK)
    ]
    return rows or [Row(tender_name(takings.CASH, language), yuan(0))]


def _seen(took: Takings, times: int, fen: int, words: dict[str, str]) -> Iterator[Block]:
    """Of the other payments: what a notice of the cloud has confirmed, and what only the shopkeeper saw (row 29)."""
    sure, sure_fen = took.times(takings.VERIFIED), took.fen(takings.VERIFIED)
    for word, n, amount in ((words["verified"], sure, sure_fen), (words["unverified"], times - sure, fen - sure_fen)):
        if n or amount:
            yield Row(f"  {_times(words['times'], word, n)}", yuan(Fen(amount)))


def _drawer(took: Takings, words: dict[str, str]) -> list[Block]:
    """Cash put in and taken out always has its line, the bank's only where there was some."""
    moved = [(what, 1) for what in takings.TILL_IN] + [(what, -1) for what in takings.TILL_OUT]
    rows: list[Block] = [
        Row(_times(words["times"], words[what], took.times(what)), yuan(sign * took.fen(what)))
        for what, sign in moved
        if took.times(what) or what in (takings.PAID_IN, takings.PAID_OUT)
    ]
    if took.times(takings.OVER_SHORT):
        wrong = took.fen(takings.OVER_SHORT)
        word = "exact" if not wrong else "over" if wrong > 0 else "short"
        rows.append(Row(words[word], yuan(abs(wrong)), bold=True))
    counted = (takings.NO_SALE, takings.CANCELLED, takings.EXPIRED)
    return [*rows, *(Row(words[what], str(took.times(what))) for what in counted)]


def _parcels(took: Takings, carriers: Carriers, language: str) -> list[Block]:
    """How many of each carrier changed hands (product row 66)."""
    words = WORDS[language]
    rows: list[Block] = []
    for carrier in took.carriers:
        sides = [(side, took.times(side + carrier)) for side in takings.PARCEL_SIDES]
        counts = "  ".join(words[side].format(n=n) for side, n in sides if n)
        rows.append(Row(carriers.named(carrier).spoken(language), counts))
    return [Text(words["parcels"], bold=True), *rows, Rule()] if rows else []


def _times(form: str, word: str, times: int) -> str:
    return form.format(word=word, n=times)


def _expired(report: DayClosed, words: dict[str, str]) -> list[Block]:
    """The held sales that the day's end gave up: by their first goods, as their slips have them."""
    if not report.expired:
        return []
    rows: list[Block] = []
    for sale in report.expired:
        first, more = sale.standing[0].name, len(sale.standing) - 1
        rows.append(Row(words["more"].format(item=first, n=more) if more else first, yuan(sale.total)))
    return [Rule(), Row(words["expired"], "", bold=True), *rows]


def _odd(odd: Sequence[OddStock], words: dict[str, str]) -> list[Block]:
    if not odd:
        return []
    rows = [Row(goods.name, quantity_text(goods.on_hand)) for goods in odd]
    return [Rule(), Row(words["odd"], words["count"], bold=True), *rows]
