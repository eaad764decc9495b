"""Papers of a service order: what it costs, with a barcode; that it is under way, was done, or was not (rows 68-71).

Nothing here has more of a phone or a number than its ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from edge.model.money import Fen, yuan
from edge.model.platform import ServiceKind
from edge.model.service_order import ServiceOrder, ServiceState
from edge.model.slip import Align, Barcode, Block, Feed, QrCode, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "quote": "业务单", "pending": "处理中", "proof": "办理成功", "failure": "没有办成", "back": "业务已取消",
        "reversed": "业务被退回", "for": "号码", "amount": "面值", "price": "应付", "paid": "已付", "until": "有效至",
        "time": "时间", "receipt": "小票", "number": "流水号", "fee": "手续费", "returns": "退款",
        "due": "缴费截止", "overdue": "已过期",
        "owing": "未完成的业务", "unpaid_back": "待退款", "owing.how": "处理中的会自动再查\n待退款的等顾客凭单来取",
        "late": "过期没到", "late.how": "没到的货每天自动再查\n顾客不等了，凭单取消",
        "quote.how": "扫这个码付款", "quote.no": "不是付款凭证",
        "pending.how": "结果还不知道，请留好这张单\n扫这个码可查结果", "proof.how": "请留好这张凭证",
        "failure.how": "钱已原路退回", "failure.cash": "现金当面退回", "failure.later": "凭这张单到店里退钱",
        "failure.unpaid": "没有收过钱",
        "ordered": "已下单", "ordered.how": "请留好这张单", "ordered.due": "请留好这张单，到货付款",
        "back.how": "余款原路退回", "back.until": "{}前可退", "back.any": "可以退", "back.fee": " 手续费{}",
        "back.free": " 不收费", "comes": "预计{}到货", "installed": "送装 {}",
        "reversed.how": "请店主联系顾客，按小票退款",
    },
    "en": {
        "quote": "Service slip", "pending": "In progress", "proof": "Done", "failure": "Not done",
        "back": "Cancelled", "reversed": "Undone", "for": "For", "amount": "Value", "price": "To pay",
        "paid": "Paid", "until": "Valid until", "time": "Time", "receipt": "Receipt", "number": "Reference",
        "fee": "Fee", "returns": "Refund", "due": "Due", "overdue": "overdue",
        "owing": "Open services", "unpaid_back": "to refund",
        "owing.how": "In progress: the box asks again\nRefunds wait for their slips",
        "late": "late", "late.how": "Late: the box asks each day\nOr it is cancelled by its slip",
        "quote.how": "Scan to pay", "quote.no": "Not a proof of payment",
        "pending.how": "The result is not known yet\nKeep this slip. Scan it to ask", "proof.how": "Keep this slip",
        "failure.how": "Your money goes back\nthe way it came", "failure.cash": "Your cash is given back now",
        "failure.later": "Show this slip for your money",
        "failure.unpaid": "No money was taken", "ordered": "Ordered", "ordered.how": "Keep this slip",
        "ordered.due": "Keep this slip.\nPay when you fetch it",
        "back.how": "The rest goes back\nthe way it came", "back.until": "Refund by {}",
        "back.any": "Can be refunded", "back.fee": ", fee {}", "back.free": ", no fee", "comes": "Expected {}",
        "installed": "Installed {}",
        "reversed.how": "Owner: call the customer,\nrefund by receipt",
    },
}  # fmt: skip
_OWING = {ServiceState.FAILED: "unpaid_back", ServiceState.COMPLETED: "late"}
"""What a slip of open services calls them; the others are pending."""


@dataclass(frozen=True, slots=True)
class SlipSide:
    """What a slip says beside the order: the shop, its number's barcode, the time and the receipt of its sale.

    `help` are the lines that the platform ends its slips with.
    """

    shop: str
    language: str
    code: str
    local_time: str
    receipt: str = ""
    help: tuple[str, ...] = ()


def quote_slip(order: ServiceOrder, side: SlipSide, *, until: str) -> Slip:
    """To be paid: the barcode puts it into the bill until `until`, local time."""
    words = WORDS[side.language]
    return Slip(
        (
            *_head("quote", order, side),
            *_lines(order.lines),
            *_value(order, words),
            Row(words["price"], f"￥{yuan(order.price)}", bold=True, big=True),
            Row(words["until"], until),
            *_foot("quote", side, barcode=True),
            Text(words["quote.no"], Align.CENTRE),
        )
    )


def pending_slip(order: ServiceOrder, side: SlipSide) -> Slip:
    """Paid, and nobody knows yet: scanned, it tells."""
    return Slip((*_head("pending", order, side), *_paid(order, side), *_foot("pending", side, barcode=True)))


def proof_slip(order: ServiceOrder, side: SlipSide, *, lines: Sequence[str] = (), ticket: str = "") -> Slip:
    """It was done; `lines` and the QR code `ticket` are what the customer gets for it."""
    is_goods = order.kind is ServiceKind.ORDER
    head = "ordered" if is_goods else "proof"
    blocks = [*_head(head, order, side), *_lines(order.lines), *_paid(order, side), *_lines(lines)]
    if ticket:
        blocks += [Feed(), QrCode(ticket)]
    how = "ordered.due" if order.is_due else head
    return Slip((*blocks, *_foot(how, side, barcode=is_goods or order.cancellable)))


def failure_slip(order: ServiceOrder, side: SlipSide, *, back: Fen, later: bool, cash: bool = False) -> Slip:
    """It was not done: `back` goes back. `later`: nobody stands here to be given the money, and the slip fetches it.
    `cash`: it was paid in cash.
    """
    words = WORDS[side.language]
    if not order.sale:
        time = Row(words["time"], side.local_time)
        return Slip((*_head("failure", order, side), time, *_foot("failure.unpaid", side)))
    foot = _foot("failure.later" if later else "failure.cash" if cash else "failure.how", side, barcode=later)
    returns = Row(words["returns"], f"￥{yuan(back)}", bold=True, big=True)
    return Slip((*_head("failure", order, side), *_paid(order, side), returns, *foot))


def back_slip(order: ServiceOrder, side: SlipSide, *, back: Fen) -> Slip:
    """Taken back by the provider: so much goes back."""
    words = WORDS[side.language]
    fee = [Row(words["fee"], f"￥{yuan(order.fee)}")] if order.fee else []
    total = Row(words["returns"], f"￥{yuan(back)}", bold=True, big=True)
    return Slip((*_head("back", order, side), *_paid(order, side), *fee, total, *_foot("back", side)))


def reversed_slip(order: ServiceOrder, side: SlipSide) -> Slip:
    """For the owner: the provider undid it, and the customer has paid."""
    return Slip((*_head("reversed", order, side), *_paid(order, side), *_foot("reversed", side)))


def owing_slip(orders: Sequence[ServiceOrder], *, shop: str, now: str, language: str) -> Slip:
    """For the owner, at the end of a shift: what was paid and has no end yet, or whose money is still here; and what
    was ordered, as its provider said, and does not come.
    """
    words = WORDS[language]
    blocks: list[Block] = [
        Text(shop, Align.CENTRE),
        Text(words["owing"], Align.CENTRE, bold=True, big=True),
        Feed(),
        Text(f"{words['time']} {now}"),
        Rule(),
    ]
    for order in orders:
        state = words[_OWING.get(order.state, "pending")]
        blocks += [Row(order.named(language), yuan(order.price)), Row(f"  {order.subject}", state)]
    is_late = [order.state is ServiceState.COMPLETED for order in orders]
    told = [words["owing.how"]] * (not all(is_late)) + [words["late.how"]] * any(is_late)
    return Slip((*blocks, Rule(), *[Text(line, Align.CENTRE) for text in told for line in text.split("\n")]))


def due_lines(due: date | None, today: date, language: str) -> tuple[str, ...]:
    """Until when a bill is to be paid, and whether that is over; nothing where nobody says so."""
    if due is None:
        return ()
    words = WORDS[language]
    late = f" {words['overdue']}" if due < today else ""
    return (f"{words['due']} {due.isoformat()}{late}",)


def comes_line(comes_on: date | None, slot: str, language: str) -> tuple[str, ...]:
    """When ordered goods are installed, or come; nothing where nobody says so."""
    words = WORDS[language]
    if slot:
        return (words["installed"].format(slot),)
    return (words["comes"].format(comes_on.isoformat()),) if comes_on is not None else ()


def back_lines(until: datetime | None, fee: Fen | None, today: date, language: str) -> tuple[str, ...]:
    """Until when, local time, a service can be given back, and what is then kept; nothing where nobody says so."""
    if until is None and fee is None:
        return ()
    words = WORDS[language]
    told = words["back.any"]
    if until is not None:
        told = words["back.until"].format(f"{until:%H:%M}" if until.date() == today else f"{until:%m-%d %H:%M}")
    kept = "" if fee is None else words["back.fee"].format(yuan(fee)) if fee else words["back.free"]
    return (told + kept,)


def _head(kind: str, order: ServiceOrder, side: SlipSide) -> list[Block]:
    words = WORDS[side.language]
    blocks: list[Block] = [
        Text(side.shop, Align.CENTRE),
        Text(words[kind], Align.CENTRE, bold=True, big=True),
        Rule(),
        Text(order.named(side.language), bold=True),
    ]
    return [*blocks, Row(words["for"], order.subject)] if order.subject else blocks


def _value(order: ServiceOrder, words: dict[str, str]) -> list[Block]:
    """What the customer gets, where that is not what it costs."""
    return [Row(words["amount"], f"￥{yuan(order.amount)}")] if order.amount != order.price else []


def _paid(order: ServiceOrder, side: SlipSide) -> list[Block]:
    words = WORDS[side.language]
    rows = ((words["receipt"], side.receipt), (words["number"], order.reference))
    return [
        *_value(order, words),
        Row(words["paid" if order.sale else "price"], f"￥{yuan(order.price)}"),
        *[Row(left, right) for left, right in rows if right],
        Row(words["time"], side.local_time),
    ]


def _lines(lines: Sequence[str]) -> list[Block]:
    return [Text(line) for line in lines]


def _foot(how: str, side: SlipSide, *, barcode: bool = False) -> list[Block]:
    words = WORDS[side.language]
    told = words[how if "." in how else f"{how}.how"].split("\n")
    blocks: list[Block] = [Rule()]
    if barcode:
        blocks += [Barcode(side.code)]
    return [*blocks, *[Text(line, Align.CENTRE) for line in (*told, *side.help)]]
