"""The licences of a shop, a document for each platform: as they were signed, so that a changed one is worth nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from edge.model.licence import KeptLicence
from edge.store.atomic_storage import DOCUMENTS_TABLE, read_tables
from edge.store.documents import COLLECTIONS, Collection, Json

LICENCES = "licences"
"""Their collection."""
_KEYS = ("signed", "refused", "warned")

_log = logging.getLogger("edge.store")


class LicenceBook:
    """One that was damaged by hand lets nothing be sold, and is told of in the log."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def find(self, platform: str) -> KeptLicence:
        return _read(platform, self._collection.get(platform))

    def keep(self, platform: str, kept: KeptLicence) -> None:
        self._collection.put(platform, {"signed": kept.signed, "refused": kept.refused, "warned": kept.warned})

    def all(self) -> Mapping[str, KeptLicence]:
        return {platform: _read(platform, document) for platform, document in self._collection.all().items()}


def licences_on_disk(folder: Path) -> Mapping[str, KeptLicence]:
    """Of the `folder` of documents, whose terminal may run: nothing is written. Raises CorruptStore."""
    tables = read_tables(folder / f"{LICENCES}.json", COLLECTIONS[LICENCES]) or {}
    rows = tables.get(DOCUMENTS_TABLE, {}).values()
    return {row["key"]: _read(row["key"], row["value"]) for row in rows}


def _read(platform: str, document: Json) -> KeptLicence:
    if document is None:
        return KeptLicence()
    texts = [document.get(key) for key in _KEYS] if isinstance(document, Mapping) else []
    if not texts or not all(isinstance(text, str) for text in texts):
        _log.error("the licence of %s cannot be read: its services are refused until it comes again", platform)
        return KeptLicence()
    return KeptLicence(*map(str, texts))
