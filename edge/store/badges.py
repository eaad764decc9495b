"""The badges of a shop, a document each: the hash of a code, never the code."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from edge.codec.badge import badge_document, read_badge
from edge.errors import CodecError
from edge.model.badge import MAX_BADGES, Badge
from edge.store.documents import Collection, Json

BADGES = "badges"
"""Its collection."""

_log = logging.getLogger("edge.store")


class BadgeBook:
    """One that was damaged by hand opens nothing, and is told of in the log."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def find(self, badge: str) -> Badge | None:
        """By its id."""
        return self._read(badge, self._collection.get(badge))

    def keep(self, badge: Badge) -> None:
        """Durable on return; of too many the oldest that is over gives way. Raises DiskFull or StoreError."""
        over = [old for old in self.all() if old.is_over(badge.issued_at)]
        if self._collection.get(badge.id) is None and len(self._collection.all()) >= MAX_BADGES and over:
            self._collection.delete(min(over, key=lambda old: old.issued_at).id)
        self._collection.put(badge.id, badge_document(badge))

    def all(self) -> Sequence[Badge]:
        found = (self._read(key, document) for key, document in self._collection.all().items())
        return [badge for badge in found if badge is not None]

    def _read(self, key: str, document: Json) -> Badge | None:
        if document is None:
            return None
        try:
            return read_badge(document)
        except CodecError as error:
            _log.error("the badge %s opens nothing: %s", key, error)
            return None
