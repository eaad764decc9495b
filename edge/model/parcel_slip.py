"""Papers of the parcel desk: the sticker of a shelf, the slip that counts what came and went (product rows 44, 67b).

Nothing here has more of a person than a masked name and four digits (row 64), and no paper has a pick-up code.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.model.parcel import Parcel
from edge.model.slip import Align, Barcode, Block, Feed, Headline, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"desk": "快递交接单", "when": "时间", "count": "收进", "sent": "取走", "badge": "快递员", "sign": "签字",
              "shop": "本店"},
    "en": {"desk": "Courier slip", "when": "Time", "count": "In", "sent": "Out", "badge": "Courier", "sign": "Signed",
           "shop": "the shop"},
}  # fmt: skip


def shelf_label(parcel: Parcel, *, carrier: str, lines: Sequence[str], day: str) -> Slip:
    """Stuck on the parcel: where it belongs, read from two metres; whose it is; its own barcode. `day` it came."""
    whom = parcel.recipient.text
    return Slip(
        (
            Headline(parcel.shelf),
            *([Text(whom, Align.CENTRE, bold=True, big=True)] if whom else []),
            Row(carrier, day, bold=True),
            *[Text(line) for line in lines],
            Feed(),
            Barcode(parcel.waybill),
        )
    )


def desk_slip(count: int, local_time: str, *, by: str, language: str, sent: int = 0) -> Slip:
    """For the courier: how many came in, how many went out, and a place to sign. `by`: the id of a badge."""
    words = WORDS[language]
    counts = [(words["count"], count), (words["sent"], sent)]
    many: list[Block] = [Row(name, str(number), bold=True, big=True) for name, number in counts if number]
    return Slip(
        (
            Text(words["desk"], Align.CENTRE, bold=True, big=True),
            Feed(),
            Row(words["when"], local_time),
            Row(words["badge"], by or words["shop"]),
            Rule(),
            *many,
            Rule(),
            Feed(2),
            Text(f"{words['sign']} ________________"),
        )
    )
