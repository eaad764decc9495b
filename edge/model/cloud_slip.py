"""Paper that the cloud asked for: headed as its own, so that nobody takes it for a receipt of the shop."""

from __future__ import annotations

from collections.abc import Sequence

from edge.model.slip import Align, Block, Feed, Row, Rule, Slip, Text

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "print": "平台打印", "message": "平台通知", "time": "时间", "no_receipt": "不是收据",
    },
    "en": {
        "print": "From the platform", "message": "A message", "time": "Time", "no_receipt": "This is no receipt",
    },
}  # fmt: skip


def printed_slip(lines: Sequence[str], *, shop: str, now: str, language: str) -> Slip:
    """What print.text says. `now` as it shall be printed."""
    return _slip(lines, WORDS[language]["print"], WORDS[language]["no_receipt"], shop, now, language)


def message_slip(text: str, *, shop: str, now: str, language: str) -> Slip:
    """What message.show says."""
    return _slip((text,), WORDS[language]["message"], WORDS[language]["no_receipt"], shop, now, language)


def _slip(lines: Sequence[str], title: str, foot: str, shop: str, now: str, language: str) -> Slip:
    blocks: list[Block] = [
        Text(shop, Align.CENTRE),
        Text(title, Align.CENTRE, bold=True, big=True),
        Feed(),
        Row(WORDS[language]["time"], now),
        Rule(),
        *(Text(line) if line.strip() else Feed() for line in lines),
        Rule(),
        Text(foot, Align.CENTRE),
        Feed(),
    ]
    return Slip(tuple(blocks))
