"""What leaves the shop, for its owner to read (product row 89, wow 12)."""

from __future__ import annotations

from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "zh-CN": {
        "title": ("数据开关",), "time": ("时间",), "on": ("在传",), "off": ("已停",),
        "always": (
            "一直传（记账、取件要用）", "收银：卖了什么、收了多少", "快递：单号、何时收、何时取",
            "代办：顾客要办的那一笔", "设备：好不好、有没有纸", "权限：谁的卡办了什么",
        ),
        "insight": ("经营分析", "什么卖完了、什么没有条码", "广告放了几次"),
        "never": ("从来不传", "人脸、录音、行踪", "此外的姓名和手机号", "会员号：只传换过的代号"),
        "yours": ("账本是您的", "不联网也能整本导出，找技术员"),
        "paused": ("经营分析已停",), "resumed": ("经营分析恢复了",), "unhurt": ("收款和快递不受影响",),
    },
    "en": {
        "title": ("Your data",), "time": ("Time",), "on": ("sent",), "off": ("paused",),
        "always": (
            "Always sent (books, parcels)", "Sales: what, and for how much", "Parcels: number, in, out",
            "Services that were asked for", "Devices: well or not, paper", "Rights: whose card did what",
        ),
        "insight": ("Insight", "What ran out, unknown codes", "How often adverts were shown"),
        "never": (
            "Never sent", "Faces, voices, whereabouts", "Other names and phone numbers", "Members: an alias only",
        ),
        "yours": ("The books are yours", "All of it can be exported,", "without a network"),
        "paused": ("Insight is paused",), "resumed": ("Insight is on again",),
        "unhurt": ("Payments and parcels go on",),
    },
}  # fmt: skip
"""A list begins with its title."""


def leaving_slip(*, paused: bool, shop: str, now: str, language: str) -> Slip:
    """All kinds of data with what becomes of them now."""
    words = WORDS[language]
    state = words["off" if paused else "on"][0]
    blocks: list[Block] = [*_head(words, shop, now)]
    for kind in ("always", "insight", "never", "yours"):
        title, *lines = words[kind]
        blocks += [Rule(), Row(title, state, bold=True) if kind == "insight" else Text(title, bold=True)]
        blocks += [Text(f"  {line}") for line in lines]
    return Slip((*blocks, Feed()))


def switched_slip(*, paused: bool, shop: str, now: str, language: str) -> Slip:
    """That it was switched, and when: the owner's proof."""
    words = WORDS[language]
    done = words["paused" if paused else "resumed"][0]
    return Slip(
        (*_head(words, shop, now), Rule(), Text(done, Align.CENTRE, bold=True), Text(words["unhurt"][0], Align.CENTRE))
    )


def _head(words: dict[str, tuple[str, ...]], shop: str, now: str) -> tuple[Block, ...]:
    return (
        Text(shop, Align.CENTRE), Text(words["title"][0], Align.CENTRE, bold=True, big=True), Feed(),
        Text(f"{words['time'][0]} {now}"),
    )  # fmt: skip
