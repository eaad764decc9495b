"""The slip that a new terminal prints: where its page is, how to tell that it is, and the PIN that opens it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random

from edge.model.account import Role
from edge.model.slip import Align, Block, Feed, QrCode, Row, Rule, Slip, Text

PIN_LENGTH = 13
"""Crockford characters: 65 bits (contract C33)."""
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", " -")

WORDS: dict[str, dict[str, str]] = {
    # Broken where the narrowest paper would break them.
    "zh-CN": {
        "technician": "技术员", "owner": "店主", "terminal": "终端", "store": "门店", "page": "网页",
        "open": "1. 手机连上店里的网，扫码：", "or": "或者输入：",
        "alone": "1. 还没有网络。接好网，\n手机连同一个网，输入：",
        "wait": "1. 还没有网络。插好网线，或者\n等一分钟：能做热点的设备会\n再印一张“设备热点”的纸条。\n"
                "用专用网口的，输入：",
        "again": "打不开就再打一张：\n刷店主卡，再刷“技术员”。",
        "compare": "2. 手机会说不安全。看证书，\nSHA-256 指纹是这个才继续：",
        "pin": "3. 密码，可以扫，也可以输入：",
        "pin_only": "密码", "keep": "请收好，不要给顾客",
    },
    "en": {
        "technician": "Technician", "owner": "Owner", "terminal": "Terminal", "store": "Store", "page": "Page",
        "open": "1. Join the shop's network with\nyour phone, then scan:", "or": "or type:",
        "alone": "1. There is no network yet.\nConnect one, join it with your\nphone, then type:",
        "wait": "1. There is no network yet.\nConnect one, or wait a minute: a\n"
                "terminal that can make a Wi-Fi\nprints a slip headed Hotspot.\nAt its service port, type:",
        "again": "If that opens nothing, print\nanother slip: the owner's card,\nthen Technician.",
        "compare": "2. Your phone warns you. Look at\nthe certificate, and go on if\nits SHA-256 fingerprint is this:",
        "pin": "3. PIN, to scan or to type:", "pin_only": "PIN", "keep": "Keep it; not for customers",
    },
}  # fmt: skip
FINGERPRINT_GROUP = 8 * 3
"""Characters of one line: eight pairs fit the narrowest paper, and are compared at a glance."""


@dataclass(frozen=True, slots=True)
class PageWays:
    """Where the page is found. `urls`: by address, the best one first. `name`: the address by name, or empty.

    `service`: at the service port's or the hotspot's own address; empty: there is none, or none any more.
    `fingerprint`: of its certificate, empty where there is none. `is_for_phones`: others than this machine may ask.
    """

    urls: tuple[str, ...]
    name: str = ""
    fingerprint: str = ""
    is_for_phones: bool = False
    service: str = ""


def new_pin(chance: Random) -> str:
    """13 Crockford characters. `chance` must be the system's (`random.SystemRandom`)."""
    return "".join(chance.choice(_CROCKFORD) for _ in range(PIN_LENGTH))


def read_pin(typed: str) -> str:
    """As a person types it: spaces and dashes out, capitals, O as 0, I and L as 1."""
    return typed.strip().upper().translate(_READ_AS)


def grouped(pin: str) -> str:
    """ "ABCD-EFGH-JKMNP": easier to read off paper."""
    return f"{pin[:4]}-{pin[4:8]}-{pin[8:]}"


def set_up_slip(*, tid: str, store: str, ways: PageWays, pin: str, language: str, role: Role = Role.TECHNICIAN) -> Slip:
    """`role`: whose account the PIN opens.

    The QR codes are two: the address stands in the phone's history from then on, and the PIN must not."""
    words = WORDS[language]
    found = _for_phones(ways, words) if ways.is_for_phones else (Text(words["page"]), *_centred(ways.urls))
    return Slip(
        (
            Text(words[role], Align.CENTRE, bold=True, big=True),
            Feed(),
            Row(words["terminal"], tid),
            Row(words["store"], store),
            *found,
            Rule(),
            Text(words["pin"]) if ways.fingerprint else Text(words["pin_only"], Align.CENTRE),
            Text(grouped(pin), Align.CENTRE, bold=True),
            QrCode(pin),
            Text(words["keep"], Align.CENTRE),
        )
    )


def _for_phones(ways: PageWays, words: Mapping[str, str]) -> tuple[Block, ...]:
    """By address first: many phones do not know names that end in .local."""
    named = (ways.name,) if ways.name else ()
    opened: tuple[Block, ...]
    service = (ways.service,) if ways.service else ()
    if ways.urls:
        typed = (*ways.urls, *service, *named)
        opened = (*_lines(words["open"]), QrCode(ways.urls[0]), Text(words["or"]), *_centred(typed))
    elif service:
        opened = (*_lines(words["wait"]), *_centred(service), *_lines(words["again"]))
    else:
        opened = (*_lines(words["alone"]), *_centred(named), *_lines(words["again"]))
    pairs = f"{ways.fingerprint} "
    lines = [pairs[at : at + FINGERPRINT_GROUP].strip() for at in range(0, len(pairs), FINGERPRINT_GROUP)]
    compared: tuple[Block, ...] = (Rule(), *_lines(words["compare"]), *_centred(lines)) if ways.fingerprint else ()
    return (Rule(), *opened, *compared)


def _lines(text: str) -> tuple[Block, ...]:
    return tuple(map(Text, text.splitlines()))


def _centred(lines: Iterable[str]) -> tuple[Block, ...]:
    return tuple(Text(line, Align.CENTRE) for line in lines)
