"""The station's own key, which its pick-up codes are hashed with: made once, in a document beside the ledger."""

from __future__ import annotations

from random import Random

from edge.codec.pickup_code import KEY_OCTETS
from edge.store.documents import Collection

STATION = "station"
"""Its collection."""
_KEY = "pickup_key"


def station_key(collection: Collection, chance: Random) -> bytes:
    """Durable on return; one that is no key any more is made anew. Raises DiskFull or StoreError."""
    found = collection.get(_KEY)
    if isinstance(found, str):
        try:
            key = bytes.fromhex(found)
        except ValueError:
            key = b""
        if len(key) == KEY_OCTETS:
            return key
    key = chance.getrandbits(8 * KEY_OCTETS).to_bytes(KEY_OCTETS)
    collection.put(_KEY, key.hex())
    return key
