"""Papers of the parcel desk: the sticker of a shelf, the slip that counts what was taken in (product rows 44, 67b).

Nothing here has more of a person than a masked name and four digits (row 64), and no paper has a pick-up code.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.model.parcel import Parcel
from edge.model.slip import Align, Barcode, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"to": "收件人", "by": "快递", "time": "入库", "desk": "快递入库单", "count": "件数", "badge": "快递员",
              "sign": "签字", "shop": "本店", "no": "不是取件凭证"},
    "en": {"to": "For", "by": "Carrier", "time": "In", "desk": "Parcels taken in", "count": "Parcels",
           "badge": "Courier", "sign": "Signed", "shop": "the shop", "no": "Not a pick-up code"},
}  # fmt: skip


def shelf_label(
    parcel: Parcel, *, carrier: str, lines: Sequence[str], language: str, local_time: str
) -> Slip:  # fmt: skip
    """Stuck on the parcel: where it belongs in the largest letters there are, and its own barcode."""
    words = WORDS[language]
    return Slip(
        (
            Text(parcel.shelf, Align.CENTRE, bold=True, big=True),
            Rule(),
            *_row(words["to"], parcel.recipient.text),
            *_row(words["by"], carrier),
            Row(words["time"], local_time),
            *[Text(line) for line in lines],
            Barcode(parcel.waybill),
        )
    )


def desk_slip(count: int, local_time: str, *, by: str, language: str) -> Slip:
    """For the courier: how many were handed over, and a place to sign. `by`: the id of a badge."""
    words = WORDS[language]
    return Slip(
        (
            Text(words["desk"], Align.CENTRE, bold=True, big=True),
            Feed(),
            Row(words["time"], local_time),
            Row(words["badge"], by or words["shop"]),
            Rule(),
            Row(words["count"], str(count), bold=True, big=True),
            Rule(),
            Feed(),
            Text(f"{words['sign']} ________________"),
        )
    )


def _row(left: str, right: str) -> list[Block]:
    return [Row(left, right)] if right else []
