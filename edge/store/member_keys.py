"""The store's keys for its members' pseudonyms, in a document beside the ledger: made once, renewed by a person."""

from __future__ import annotations

import logging
from random import Random

from edge.codec.pseudonym import KEY_OCTETS, MAX_FORMER
from edge.store.documents import Collection

_KEYS = "member_keys"

_log = logging.getLogger("edge.store")


def member_keys(collection: Collection, chance: Random) -> tuple[bytes, ...]:
    """The present one first. Durable on return; what is no key any more is left out. Raises DiskFull or StoreError."""
    kept = _read(collection)
    present = kept[0] if kept else None
    if present is None:
        return renew_member_key(collection, chance)
    return (present, *_good(kept[1:]))


def renew_member_key(collection: Collection, chance: Random) -> tuple[bytes, ...]:
    """A new key; what was sent until now is linked to nobody any more by whoever does not have the old ones.

    Those stay here, so that a tab is found by the card of its customer. Raises DiskFull or StoreError.
    """
    keys = (chance.getrandbits(8 * KEY_OCTETS).to_bytes(KEY_OCTETS), *_good(_read(collection))[:MAX_FORMER])
    collection.put(_KEYS, [key.hex() for key in keys])
    return keys


def _read(collection: Collection) -> list[bytes | None]:
    """In their order; None: one that is damaged, and takes no other along."""
    found = collection.get(_KEYS)
    keys = [_key(text) for text in found] if isinstance(found, (list, tuple)) else []
    if None in keys:
        _log.error("%s: %d of %d keys cannot be read and are left out", _KEYS, keys.count(None), len(keys))
    return keys


def _key(text: object) -> bytes | None:
    try:
        key = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        return None
    return key if len(key) == KEY_OCTETS else None


def _good(keys: list[bytes | None]) -> tuple[bytes, ...]:
    return tuple(key for key in keys if key is not None)
