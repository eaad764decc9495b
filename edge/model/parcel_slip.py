"""Papers of the parcel desk: the sticker of a shelf, the slip that counts what came and went (product rows 44, 67b).

Nothing here has more of a person than a masked name and four digits (row 64), and no paper has a pick-up code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.model.parcel import Parcel
from edge.model.slip import Align, Barcode, Block, Feed, Headline, Row, Rule, Slip, Text

LISTED_MAX = 100
"""Of each kind on one slip: two metres of paper."""
WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"desk": "快递交接单", "when": "时间", "count": "收进", "sent": "寄出", "back": "退回",
              "badge": "快递员", "sign": "签字",
              "shop": "本店", "to": "收件人", "door": "柜门", "opened": "打开", "who": "谁开的", "why": "原因",
              "waybill": "单号", "owner": "店主", "test": "柜门自检", "well": "好的", "shut": "打不开",
              "sensor": "传感器有问题", "others": "没有测", "list": "待处理快递", "overdue": "等快递员",
              "untold": "没通知到", "more": "还有"},
    "en": {"desk": "Courier slip", "when": "Time", "count": "In", "sent": "Sent", "back": "Taken back",
           "badge": "Courier", "sign": "Signed",
           "shop": "the shop", "to": "For", "door": "Door", "opened": "Opened", "who": "By", "why": "Why",
           "waybill": "Waybill", "owner": "the owner", "test": "Doors tested", "well": "Well", "shut": "Did not open",
           "sensor": "Sensor wrong", "others": "Not tested", "list": "Parcels to see to", "overdue": "For couriers",
           "untold": "Not told", "more": "More"},
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


def desk_slip(numbers: tuple[int, int, int], local_time: str, *, by: str, language: str) -> Slip:
    """For the courier, and a place to sign. `numbers`: how many came in, how many of customers went out, how many were
    taken back. `by`: the name on the badge.
    """
    words = WORDS[language]
    counts = list(zip((words["count"], words["sent"], words["back"]), numbers, strict=True))
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


def door_slip(door: int, parcel: Parcel | None, *, by: str, why: str, language: str, local_time: str) -> Slip:
    """Whose word opened this door, and what lay behind it."""
    words = WORDS[language]
    what = [Row(words["waybill"], parcel.waybill), *_row(words["to"], parcel.recipient.text)] if parcel else []
    return Slip(
        (
            Text(f"{words['door']} {door}", Align.CENTRE, bold=True, big=True),
            Rule(),
            Row(words["opened"], local_time),
            Row(words["who"], by),
            *_row(words["why"], words.get(why, why) if why != by else ""),  # a technician who looks says no more
            *what,
        )
    )


@dataclass(frozen=True, slots=True)
class DoorsTested:
    """Doors by number. `by`: the id of a badge; `others`: how many were not tested."""

    by: str
    well: Sequence[int]
    shut: Sequence[int]
    """Did not open."""
    sensor: Sequence[int]
    """Their contact, or the sensor in them, does not tell the truth."""
    others: int


def tested_slip(found: DoorsTested, *, language: str, local_time: str) -> Slip:
    """Which doors are well, and which need a technician."""
    words = WORDS[language]
    return Slip(
        (
            Text(words["test"], Align.CENTRE, bold=True, big=True),
            Row(words["when"], local_time),
            Row(words["who"], found.by),
            Rule(),
            Row(words["well"], str(len(found.well)), bold=True),
            Row(words["shut"], str(len(found.shut)), bold=True),
            *_doors(found.shut),
            Row(words["sensor"], str(len(found.sensor)), bold=True),
            *_doors(found.sensor),
            Row(words["others"], str(found.others)),
        )
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """`place`: where it lies, as a person finds it."""

    place: str
    parcel: Parcel


def list_slip(overdue: Sequence[Listed], untold: Sequence[Listed], *, language: str, local_time: str) -> Slip:
    """What a courier is to take along, and whom the shop may call."""
    words = WORDS[language]
    return Slip(
        (
            Text(words["list"], Align.CENTRE, bold=True, big=True),
            Row(words["when"], local_time),
            *_listed(words["overdue"], overdue, words["more"]),
            *_listed(words["untold"], untold, words["more"]),
        )
    )


def _listed(title: str, parcels: Sequence[Listed], more: str) -> list[Block]:
    rows: list[Block] = [Rule(), Row(title, str(len(parcels)), bold=True)]
    for one in parcels[:LISTED_MAX]:
        rows += [Row(one.place, one.parcel.recipient.text), Text(one.parcel.waybill)]
    return rows + ([Row(more, str(len(parcels) - LISTED_MAX))] if len(parcels) > LISTED_MAX else [])


def _doors(doors: Sequence[int]) -> list[Block]:
    return [Text(" ".join(str(door) for door in sorted(doors)))] if doors else []


def _row(left: str, right: str) -> list[Block]:
    return [Row(left, right)] if right else []
