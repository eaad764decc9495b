"""What each terminal's catalogue was told to be: a chain of small deltas (P15), and what they add up to."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from edge.clock import Clock, iso_ms
from edge.codec.json_text import compact
from edge.codec.wire_down import CatNotice, CatOp
from edge.errors import WireError
from edge.reference_cloud.goods_file import addressed
from edge.reference_cloud.store import CloudStore

MAX_INLINE_OCTETS = 16 * 1024
"""One notice (B8); more comes as a file."""
MAX_FULL_OCTETS = 32 * 1024
_INLINE: Mapping[str, Any] = MappingProxyType({})
MAX_CHAIN = 20
"""Notices sent to a terminal that is behind; one that is further behind asks for the whole."""

_log = logging.getLogger("edge.reference_cloud")


class Catalogues:
    """Versions rise by one with each publication; version 0 is the empty catalogue."""

    def __init__(self, store: CloudStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def publish(
        self, tid: str, ops: Sequence[CatOp], *, since: int, more: Mapping[str, Any] = _INLINE
    ) -> CatNotice:  # fmt: skip
        """Store a delta on top of the latest version, or of `since` where this cloud has none. Raises WireError.

        `more`: its `eff`, and the `blob`, `file` and `spread_s` of what leaves as a file.
        """
        text = compact([op.wire() for op in ops])
        if "blob" not in more and len(text.encode()) > MAX_INLINE_OCTETS:
            raise WireError("proto.too_large", "a catalogue delta over the limit", expected=f"{MAX_INLINE_OCTETS} B",
                            got=f"{len(text.encode())} B")  # fmt: skip
        base = self.version(tid) or since
        self._store.run(
            "INSERT INTO notice(tid, ver, since, ops, more) VALUES(?, ?, ?, ?, ?)",
            (tid, base + 1, base, text, compact(dict(more))),
        )
        return self._notice(tid, base + 1, base, text, compact(dict(more)))

    def version(self, tid: str) -> int:
        """The latest; 0 when nothing was published."""
        latest: int = self._store.rows("SELECT coalesce(max(ver), 0) FROM notice WHERE tid = ?", (tid,))[0][0]
        return latest

    def notice(self, tid: str, ver: int) -> CatNotice | None:
        found = self._store.rows("SELECT ver, since, ops, more FROM notice WHERE tid = ? AND ver = ?", (tid, ver))
        return next(self._sendable(tid, found), None)

    def items(self, tid: str) -> dict[str, dict[str, Any]]:
        """Everything that this cloud has told of its goods, as puts by sku."""
        chain = self._store.rows("SELECT ops FROM notice WHERE tid = ? ORDER BY ver", (tid,))
        return _merged(row[0] for row in chain)

    def after(self, tid: str, ver: int) -> list[CatNotice]:
        """The chain from `ver` on, up to a file that is gone; empty when it begins later or is too long."""
        chain = self._store.rows(
            "SELECT ver, since, ops, more FROM notice WHERE tid = ? AND ver > ? ORDER BY ver", (tid, ver)
        )
        if not chain or chain[0][1] != ver or len(chain) > MAX_CHAIN:
            return []
        return list(self._sendable(tid, chain))

    def full(self, tid: str) -> dict[str, Any]:
        """All that is in force by now, else the first that will be; what comes later leaves as the notices `after` it.
        Raises WireError where that is not known or too much.
        """
        chain = self._store.rows("SELECT ver, since, ops, more FROM notice WHERE tid = ? ORDER BY ver", (tid,))
        if not chain or chain[0][1] != 0 or self.has_own(tid):
            raise WireError("cat.base_missing", "this cloud does not have the whole catalogue")
        now = iso_ms(self._clock.wall())
        due = list(takewhile(lambda row: json.loads(row[3]).get("eff", "") <= now, chain)) or chain[:1]
        first = json.loads(due[0][3])
        if len(due) == 1 and "blob" in first:
            return {"ver": due[0][0], "kind": "full", **addressed(first, self._clock)}
        later = {"eff": first["eff"]} if first.get("eff", "") > now else {}
        told = {"ver": due[-1][0], "kind": "full", **later}
        told |= {"inline": list(_merged(row[2] for row in due).values())}
        if len(compact(told).encode()) > MAX_FULL_OCTETS:
            raise WireError("quota.exceeded", "the catalogue does not fit one answer")
        return told

    def begins_with_nothing(self, tid: str, *, has: int) -> bool:
        """Whether all that the terminal was ever given came from here. `has`: the version that it says it has."""
        first = self._store.rows("SELECT since FROM notice WHERE tid = ? ORDER BY ver LIMIT 1", (tid,))
        return (first[0][0] if first else has) == 0

    def has_own(self, tid: str) -> bool:
        """Whether the shop ever took in goods by itself, of which this cloud knows nothing: they must not be lost."""
        return bool(self._store.rows(
            "SELECT 1 FROM event WHERE tid = ? AND type = 'cat.applied' AND json_extract(body, '$.ver') = 0"
            " AND json_extract(body, '$.items') > 0 LIMIT 1", (tid,),
        ))  # fmt: skip

    def price(self, tid: str, sku: str) -> int | None:
        """The price in fen of one sku; None when it is not known."""
        found = self.items(tid).get(sku, {}).get("price")
        return found if isinstance(found, int) else None

    def _sendable(self, tid: str, chain: Iterable[Sequence[Any]]) -> Iterator[CatNotice]:
        for row in chain:
            try:
                yield self._notice(tid, *row)
            except WireError as error:
                _log.error("catalogue %d of %s cannot be sent, nor what builds on it: %s", row[0], tid, error)
                return

    def _notice(self, tid: str, ver: int, base: int, ops: str, more: str) -> CatNotice:
        """Raises WireError for a file that is gone."""
        told = {"tid": tid, "ver": ver, "base": base, "kind": "delta", **addressed(json.loads(more), self._clock)}
        return CatNotice.model_validate(told if "blob" in told else told | {"inline": json.loads(ops)})


def _merged(deltas: Any) -> dict[str, dict[str, Any]]:
    """Items by sku after all deltas, as puts."""
    items: dict[str, dict[str, Any]] = {}
    for delta in deltas:
        for op in json.loads(delta):
            if op["op"] == "del":
                items.pop(op["sku"], None)
            else:
                items[op["sku"]] = items.get(op["sku"], {}) | op
    return items
