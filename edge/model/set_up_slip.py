"""The slip that a new terminal prints: where its page is, and the PIN that opens it."""

from __future__ import annotations

from random import Random

from edge.model.slip import Align, Feed, QrCode, Row, Rule, Slip, Text

PIN_LENGTH = 13
"""Crockford characters: 65 bits (contract C33)."""
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", " -")

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"title": "技术员", "terminal": "终端", "store": "门店", "page": "网页", "pin": "密码",
              "keep": "请收好，不要给顾客"},
    "en": {"title": "Technician", "terminal": "Terminal", "store": "Store", "page": "Page", "pin": "PIN",
           "keep": "Keep it; not for customers"},
}  # fmt: skip


def new_pin(chance: Random) -> str:
    """13 Crockford characters. `chance` must be the system's (`random.SystemRandom`)."""
    return "".join(chance.choice(_CROCKFORD) for _ in range(PIN_LENGTH))


def read_pin(typed: str) -> str:
    """As a person types it: spaces and dashes out, capitals, O as 0, I and L as 1."""
    return typed.strip().upper().translate(_READ_AS)


def grouped(pin: str) -> str:
    """ "ABCD-EFGH-JKMNP": easier to read off paper."""
    return f"{pin[:4]}-{pin[4:8]}-{pin[8:]}"


def set_up_slip(*, tid: str, store: str, page: str, pin: str, language: str) -> Slip:
    """`page` is the address of the technician's page."""
    words = WORDS[language]
    return Slip(
        (
            Text(words["title"], Align.CENTRE, bold=True, big=True),
            Feed(),
            Row(words["terminal"], tid),
            Row(words["store"], store),
            Text(words["page"]),
            Text(page, Align.CENTRE),
            Rule(),
            Text(words["pin"], Align.CENTRE),
            Text(grouped(pin), Align.CENTRE, bold=True),
            QrCode(pin),
            Text(words["keep"], Align.CENTRE),
        )
    )
