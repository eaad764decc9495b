"""Payment codes that a customer shows: which wallets a code can belong to, and how it may be written down.

They are bearer tokens for about a minute: only `masked` ones may reach a log, a page or the wire (devices 4.2).
No check digit is public for any of them, so the pattern is a hint and the state of the sale decides.
"""

from __future__ import annotations

import re

CHANNELS = (
    ("wechat", re.compile(r"1[0-5][0-9]{16}")),
    ("alipay", re.compile(r"(?:2[5-9]|30)[0-9]{14,22}|fp[A-Za-z0-9]{33}")),
    ("unionpay", re.compile(r"62[0-9]{17}")),
    ("jdpay", re.compile(r"18[0-9]{16}")),
    ("bestpay", re.compile(r"51[0-9]{16}")),
    ("ecny", re.compile(r"01[0-9]{17}")),
)
"""Channel and pattern, in the order of devices 4.1. JD Pay's newer codes have UnionPay's shape and answer to it."""

SHORTEST = 16
LONGEST = 35

MASKED_FROM = 10
"""Shorter texts are hidden whole: first two and last four would leave next to nothing to hide."""


def channels(text: str) -> tuple[str, ...]:
    """The wallets whose pattern `text` fits; () for none."""
    if not SHORTEST <= len(text) <= LONGEST:
        return ()
    return tuple(name for name, pattern in CHANNELS if pattern.fullmatch(text))


def masked(text: str) -> str:
    """`text` for a log: its first 2 and last 4 characters, the rest as stars."""
    if len(text) < MASKED_FROM:
        return "*" * len(text)
    return f"{text[:2]}{'*' * (len(text) - 6)}{text[-4:]}"
