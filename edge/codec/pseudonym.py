"""Members by another name: their card's number, hashed under a key of this store (product row 90).

    HMAC-SHA256(key, "member" ‖ number), the first 16 octets in hex

The number is read by a scanner and goes no further: baskets, tabs, the journal and the wire have the pseudonym. Eight
digits are guessed in a second by whoever has the key: it lies in another file than the ledger, and in no message.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

KEY_OCTETS = 32
OCTETS = 16
"""Enough that no two members of all shops meet by chance."""
MAX_FORMER = 8
"""Keys that were given up; older ones link nothing any more, not even here."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """`keys`: the present one first, then those given up, the newest of them first."""

    keys: Sequence[bytes] = field(repr=False)

    def of(self, number: str) -> str:
        return _hashed(self.keys[0], number)

    def former(self, number: str) -> tuple[str, ...]:
        """What the same card was called under the keys given up."""
        return tuple(_hashed(key, number) for key in self.keys[1:])


def is_pseudonym(text: str) -> bool:
    """Whether this can be one, and no number of a card."""
    return len(text) == 2 * OCTETS and all(digit in "0123456789abcdef" for digit in text)


def _hashed(key: bytes, number: str) -> str:
    return hmac.new(key, b"member" + number.encode(), hashlib.sha256).hexdigest()[: 2 * OCTETS]
