"""What is printed as cash changes hands: the end of a shift, and cash that went in or out (product rows 34 and 36)."""

from __future__ import annotations

from edge.model.day_records import CashMoved, ShiftClosed
from edge.model.money import yuan
from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text
from edge.model.takings import BACK, CASH, PAID, PAID_IN, PAID_OUT, SALE, TILL_IN, TILL_OUT

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "shift": "交班单", "till": "机号", "from": "开班", "to": "交班", "float": "开班现金", "sold": "现金收款",
        "back": "现金退款", "pay_in": "放入零钱", "pay_out": "取出现金",
        "agent_in": "银行存款", "agent_out": "银行取款", "loan_out": "贷款放款", "expected": "应有现金",
        "counted": "实点现金", "over": "多", "short": "少", "exact": "正好", "sales": "成交单数", "sign": "签字",
        "time": "时间", "amount": "金额", "payment": "钱包付款号", "unknown": "开班没有点钱，多少只供参考",
    },
    "en": {
        "shift": "End of shift", "till": "Till", "from": "From", "to": "To", "float": "Cash at start",
        "sold": "Cash sales", "back": "Cash refunds", "pay_in": "Cash in", "pay_out": "Cash out",
        "agent_in": "Bank pay-in", "agent_out": "Bank cash-out", "loan_out": "Loans paid out",
        "expected": "Expected cash", "counted": "Counted cash", "over": "Over", "short": "Short", "exact": "Exact",
        "sales": "Sales", "sign": "Signature", "time": "Time", "amount": "Amount", "payment": "Wallet payment",
        "unknown": "Start was not counted: over or short unknown",
    },
}  # fmt: skip


def shift_slip(closed: ShiftClosed, *, shop: str, since: str, now: str, language: str) -> Slip:
    """The numbers of the drawer and what is wrong with them; `since` and `now` as they shall be printed."""
    words, took = WORDS[language], closed.takings
    blocks: list[Block] = [
        *_head(shop, words["shift"]),
        Row(f"{words['from']} {since}", ""),
        Row(f"{words['to']} {now}", f"{words['till']} {closed.till}"),
        Rule(),
        Row(words["sales"], str(took.times(SALE))),
        Row(words["float"], yuan(closed.float)),
        Row(words["sold"], yuan(took.fen(PAID + CASH))),
        Row(words["back"], yuan(-took.fen(BACK + CASH))),
        Row(words["pay_in"], yuan(took.fen(PAID_IN))),
        Row(words["pay_out"], yuan(-took.fen(PAID_OUT))),
        *(Row(words[what], yuan(took.fen(what))) for what in TILL_IN[1:] if took.times(what)),
        *(Row(words[what], yuan(-took.fen(what))) for what in TILL_OUT[1:] if took.times(what)),
        Rule(),
        Row(words["expected"], yuan(closed.expected), bold=True),
    ]
    if closed.counted is not None:
        blocks += [Row(words["counted"], yuan(closed.counted), bold=True), Rule(double=True)]
        blocks += _difference(closed.over_short, words)
    return Slip((*blocks, *_signature(words)))


def cash_slip(moved: CashMoved, *, shop: str, till: str, now: str, language: str) -> Slip:
    words = WORDS[language]
    payment = (Row(words["payment"], moved.payment[-12:]),) if moved.payment else ()
    return Slip(
        (
            *_head(shop, words[moved.why]),
            Row(f"{words['time']} {now}", f"{words['till']} {till}"),
            *payment,
            Rule(),
            Row(words["amount"], f"￥{yuan(moved.amount)}", bold=True, big=True),
            *_signature(words),
        )
    )


def _head(shop: str, title: str) -> tuple[Block, ...]:
    return Text(shop, Align.CENTRE), Text(title, Align.CENTRE, bold=True, big=True), Feed()


def _difference(over_short: int | None, words: dict[str, str]) -> list[Block]:
    if over_short is None:
        return [Text(words["unknown"], Align.CENTRE, bold=True)]
    if over_short == 0:
        return [Text(words["exact"], Align.CENTRE, bold=True, big=True)]
    word = words["over" if over_short > 0 else "short"]
    return [Row(word, f"￥{yuan(abs(over_short))}", bold=True, big=True)]


def _signature(words: dict[str, str]) -> tuple[Block, ...]:
    """Room for a name by hand."""
    return Feed(2), Row(words["sign"], "_" * 20), Feed()
