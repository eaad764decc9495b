"""Whose a parcel is, as far as anybody may see it: no name in full, four digits of a phone, no room (GB/T 41833-2022).

The one place where names of people become texts of the terminal. What comes in is masked here, once, before it is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HIDDEN = "*"
NAME_MAX = 12
"""Characters of a masked name; a longer one is cut, which hides no less."""
_DIGITS = re.compile(r"[0-9]")
_PHONE = re.compile(r"(?<![A-Z0-9])\+?[0-9](?:[ -]?[0-9]){6,}")
"""A run of 7 digits or more, as people write phones; behind a capital it belongs to a number of a carrier."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """`key` tells one recipient's parcels from another's and is the cloud's own word; the others are for eyes."""

    key: str = ""
    name: str = ""
    tail: str = ""

    @property
    def text(self) -> str:
        """As labels have it: `张* 5678`."""
        return " ".join(part for part in (self.name, self.tail) if part)


def recipient(key: str, name: str, phone: str) -> Recipient:
    """Masked, however much of it was sent."""
    return Recipient(key, masked_name(name), phone_tail(phone))


def masked_name(name: str) -> str:
    """The first character stays: 张三丰 → 张**; of Latin names each word's first letter: Li Lei → L* L**.

    A name that is masked already stays as it is; one of a single character is hidden whole.
    """
    words = [word for word in "".join(c if c.isprintable() else " " for c in name).split() if word]
    return " ".join(_masked_word(word, alone=len(words) == 1) for word in words)[:NAME_MAX]


def phone_tail(phone: str) -> str:
    """The last four digits, empty where there are fewer."""
    digits = "".join(_DIGITS.findall(phone))
    return digits[-4:] if len(digits) >= 4 else ""


def masked_line(text: str) -> str:
    """A line for a label, without what looks like a phone but for its last four digits."""
    return _PHONE.sub(lambda found: HIDDEN * 4 + phone_tail(found.group()), text)


def _masked_word(word: str, *, alone: bool) -> str:
    if len(word) == 1:
        return HIDDEN if alone else word
    return word[0] + HIDDEN * (len(word) - 1)
