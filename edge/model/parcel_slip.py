"""Papers of the parcel desk: the sticker of a shelf, the slip that counts what was taken in (product rows 44, 67b).

Nothing here has more of a person than a masked name and four digits (row 64), and no paper has a pick-up code.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.model.parcel import Parcel
from edge.model.slip import Align, Barcode, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"to": "收件人", "by": "快递", "time": "入库", "desk": "快递交接单", "when": "时间", "count": "收进",
              "sent": "取走", "badge": "快递员", "sign": "签字", "shop": "本店"},
    "en": {"to": "For", "by": "Carrier", "time": "In", "desk": "Courier slip", "when": "Time", "count": "In",
           "sent": "Out", "badge": "Courier", "sign": "Signed", "shop": "the shop"},
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


def desk_slip(count: int, local_time: str, *, by: str, language: str, sent: int = 0) -> Slip:
    """For the courier: how many came in, how many went out, and a place to sign. `by`: the id of a badge."""
    words = WORDS[language]
    counts = [(words["count"], count), (words["sent"], sent)]
    return Slip(
        (
            Text(words["desk"], Align.CENTRE, bold=True, big=True),
            Feed(),
            Row(words["when"], local_time),
            Row(words["badge"], by or words["shop"]),
            Rule(),
            *[Row(name, str(many), bold=True, big=True) for name, many in counts if many],
            Rule(),
            Feed(),
            Text(f"{words['sign']} ________________"),
        )
    )


def _row(left: str, right: str) -> list[Block]:
    return [Row(left, right)] if right else []
