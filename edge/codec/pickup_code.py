"""Pick-up codes of this station: six digits, kept as an HMAC under the station's own key (decisions 3, product row 48).

Six digits are guessed offline in a second by whoever has the key as well: it lies in another file than the ledger, and
the ladder of waits keeps the keypad. A code is a text: its zeros in front belong to it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from random import Random

DIGITS = 6
KEY_OCTETS = 32

_SHAPE = re.compile(rf"[0-9]{{{DIGITS}}}")


def new_pickup_code(chance: Random) -> str:
    return f"{chance.randrange(10**DIGITS):0{DIGITS}d}"


def is_pickup_code(text: str) -> bool:
    return _SHAPE.fullmatch(text) is not None


def code_hash(key: bytes, code: str) -> str:
    """Of what was keyed, whatever it is: the same work for a right and for a wrong one."""
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


def key_mark(key: bytes) -> str:
    """Tells one station key from another, and nothing else of it."""
    return hashlib.sha256(b"pickup key" + key).hexdigest()[:16]
