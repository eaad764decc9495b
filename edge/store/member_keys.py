"""The store's keys for its members' pseudonyms, in a document beside the ledger: made once, renewed by a person."""

from __future__ import annotations

from random import Random

from edge.codec.pseudonym import KEY_OCTETS, MAX_FORMER
from edge.store.documents import Collection

_KEYS = "member_keys"


def member_keys(collection: Collection, chance: Random) -> tuple[bytes, ...]:
    """The present one first. Durable on return; what is no key any more is left out. Raises DiskFull or StoreError."""
    return _read(collection) or renew_member_key(collection, chance)


def renew_member_key(collection: Collection, chance: Random) -> tuple[bytes, ...]:
    """A new key; what was sent until now is linked to nobody any more by whoever does not have the old ones.

    Those stay here, so that a tab is found by the card of its customer. Raises DiskFull or StoreError.
    """
    keys = (chance.getrandbits(8 * KEY_OCTETS).to_bytes(KEY_OCTETS), *_read(collection)[:MAX_FORMER])
    collection.put(_KEYS, [key.hex() for key in keys])
    return keys


def _read(collection: Collection) -> tuple[bytes, ...]:
    found = collection.get(_KEYS)
    texts = [text for text in found if isinstance(text, str)] if isinstance(found, (list, tuple)) else []
    try:
        keys = [bytes.fromhex(text) for text in texts]
    except ValueError:
        return ()
    return tuple(key for key in keys if len(key) == KEY_OCTETS)
