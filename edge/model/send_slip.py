"""Papers of a parcel that a customer sends: the label that is stuck on it, the slip that the customer keeps (row 65).

Nothing here has more of a person than a masked name and four digits (row 64).
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.model.money import yuan
from edge.model.shipment import Shipment, weight_text
from edge.model.slip import Align, Barcode, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "to": "收", "weight": "重量", "from": "寄自", "title": "寄件单", "carrier": "快递", "waybill": "单号",
        "whom": "收件人", "fee": "运费", "receipt": "小票", "time": "收件时间",
        "back": "取走之前可退：凭此单找店主",
    },
    "en": {
        "to": "To", "weight": "Weight", "from": "From", "title": "Parcel taken", "carrier": "Carrier",
        "waybill": "Waybill", "whom": "To", "fee": "Paid", "receipt": "Receipt", "time": "Taken",
        "back": "To cancel show this slip\nbefore the courier has it",
    },
}  # fmt: skip


def label_slip(shipment: Shipment, *, carrier: str, shop: str, language: str) -> Slip:
    """What the courier reads: whose it is to carry, the number, and to whom it goes."""
    words = WORDS[language]
    return Slip(
        (
            Text(carrier, Align.CENTRE, bold=True, big=True),
            Feed(),
            Barcode(shipment.waybill),
            Rule(),
            *_recipient(shipment, words["to"]),
            *[Text(line, bold=True) for line in shipment.lines],
            Rule(),
            Row(f"{words['from']} {shop}", weight_text(shipment.grams)),
        )
    )


def tracking_slip(
    shipment: Shipment, *, carrier: str, lines: Sequence[str], receipt: str, shop: str, local_time: str, language: str
) -> Slip:  # fmt: skip
    """`lines`: what the carrier adds; `receipt`: of the sale that its fee is in; empty: nobody knows."""
    words = WORDS[language]
    blocks: list[Block] = [
        Text(shop, Align.CENTRE),
        Text(words["title"], Align.CENTRE, bold=True, big=True),
        Rule(),
        Row(words["carrier"], carrier),
        *_row(words["whom"], shipment.recipient.text),
        Row(words["weight"], weight_text(shipment.grams)),
        Row(words["fee"], f"￥{yuan(shipment.fee)}"),
        *_row(words["receipt"], receipt),
        Row(words["time"], local_time),
        Feed(),
        Barcode(shipment.waybill),
        Rule(),
        *[Text(line, Align.CENTRE) for line in lines],
        *[Text(line, Align.CENTRE) for line in words["back"].split("\n")],
    ]
    return Slip(tuple(blocks))


def _recipient(shipment: Shipment, to: str) -> list[Block]:
    whom = shipment.recipient.text
    return [Text(f"{to} {whom}", bold=True, big=True)] if whom else []


def _row(left: str, right: str) -> list[Block]:
    return [Row(left, right)] if right else []
