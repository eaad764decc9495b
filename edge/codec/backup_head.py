"""The head of a backup file ⇄ its octets: of which shop it is, and how its key is made of a password.

    0        8        10       14        14 + n
    | MAGIC  | format | n      | JSON    | chunk | chunk | … | last chunk |
    chunk:   | 4 octets: its length | AES-256-GCM of up to 64 KiB, with its tag |

Format and length stand where every later version will have them, so that an older box can tell a newer file from a
broken one. The nonce of a chunk is PREFIX (7 octets) ‖ its number (4) ‖ 1 for the last one, else 0; the whole head is
authenticated with each chunk. So no chunk can be left out, moved, or taken from another file, and no end cut off.
"""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass
from typing import Any

from edge.codec.json_text import read_object
from edge.errors import BackupRefused, WireError

MAGIC = b"\x89EDGEBK\n"
"""The first octet is no text, the last one is spoilt by whoever moves a file as text."""
FORMAT = 1
FIXED_OCTETS = 14
MAX_HEAD_OCTETS = 4_096
CHUNK_OCTETS = 64 * 1024
TAG_OCTETS = 16
PREFIX_OCTETS, SALT_OCTETS = 7, 16
MAX_MEMORY_KIB, MAX_PASSES, MAX_LANES = 64 * 1024, 3, 1
"""Of Argon2id, as a backup is made: whatever a file asks for, a box that sells has no more."""
MIN_MEMORY_KIB = 19 * 1024
MAX_PLAIN_OCTETS = 4 * 1024**3
_SHORT, _LONG = 64, 128
_FIXED = struct.Struct(">8sHI")
_LAST_CHUNK = 1


@dataclass(frozen=True, slots=True)
class Kdf:
    """Argon2id: `memory_kib`, `passes`, `lanes`."""

    salt: bytes
    memory_kib: int = MAX_MEMORY_KIB
    passes: int = MAX_PASSES
    lanes: int = MAX_LANES


@dataclass(frozen=True, slots=True)
class BackupHead:
    """Readable without the password. `octets`: of all that is in it, unpacked. `ledger`: the version of its tables."""

    tid: str
    store: str
    shop: str
    made_at: str
    app: str
    ledger: int
    octets: int
    kdf: Kdf
    prefix: bytes


def write_head(head: BackupHead) -> bytes:
    kdf = {
        "name": "argon2id", "salt": _text(head.kdf.salt), "memory_kib": head.kdf.memory_kib,
        "passes": head.kdf.passes, "lanes": head.kdf.lanes,
    }  # fmt: skip
    fields = {
        "tid": head.tid, "store": head.store, "shop": head.shop, "made_at": head.made_at, "app": head.app,
        "ledger": head.ledger, "octets": head.octets, "kdf": kdf, "prefix": _text(head.prefix),
    }  # fmt: skip
    told = json.dumps(fields, ensure_ascii=False).encode()
    return _FIXED.pack(MAGIC, FORMAT, len(told)) + told


def head_octets(fixed: bytes) -> int:
    """How many octets of JSON follow the first FIXED_OCTETS. Raises BackupRefused."""
    if len(fixed) < FIXED_OCTETS:
        raise BackupRefused("truncated" if fixed and MAGIC.startswith(fixed[:8]) else "no_backup")
    magic, format, length = _FIXED.unpack(fixed[:FIXED_OCTETS])
    if magic != MAGIC:
        raise BackupRefused("no_backup")
    if format > FORMAT:
        raise BackupRefused("newer", expected=f"format {FORMAT}", got=str(format))
    if format < FORMAT or not 0 < length <= MAX_HEAD_OCTETS:
        raise BackupRefused("broken")
    return int(length)


def read_head(told: bytes) -> BackupHead:
    """From the JSON. Raises BackupRefused."""
    try:
        found = read_object(told)
        kdf: Any = found["kdf"]
        if kdf["name"] != "argon2id":
            raise BackupRefused("newer", got=_word(kdf["name"], _SHORT))
        head = BackupHead(
            tid=_word(found["tid"], _SHORT), store=_word(found["store"], _LONG), shop=_word(found["shop"], _LONG),
            made_at=_word(found["made_at"], _SHORT), app=_word(found["app"], _SHORT),
            ledger=_number(found["ledger"], 0, 10_000), octets=_number(found["octets"], 0, MAX_PLAIN_OCTETS),
            kdf=Kdf(
                _octets(kdf["salt"], SALT_OCTETS), _number(kdf["memory_kib"], MIN_MEMORY_KIB, MAX_MEMORY_KIB),
                _number(kdf["passes"], 1, MAX_PASSES), _number(kdf["lanes"], 1, MAX_LANES),
            ),
            prefix=_octets(found["prefix"], PREFIX_OCTETS),
        )  # fmt: skip
    except (WireError, KeyError, TypeError, ValueError) as error:
        raise BackupRefused("broken") from error
    return head


def nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    """12 octets, no two alike in one file."""
    return prefix + number.to_bytes(4, "big") + bytes([_LAST_CHUNK if is_last else 0])


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _octets(text: Any, length: int) -> bytes:
    octets = base64.b64decode(text, validate=True)
    if len(octets) != length:
        raise ValueError(f"{length} octets expected")
    return octets


def _word(text: Any, most: int) -> str:
    if not isinstance(text, str) or len(text) > most or not text.isprintable():
        raise ValueError("a short text expected")
    return text


def _number(number: Any, least: int, most: int) -> int:
    if type(number) is not int or not least <= number <= most:
        raise ValueError("a number expected")
    return number
