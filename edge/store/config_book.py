"""The layers of settings in the documents: read before anything of the terminal is built, and kept after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.errors import CorruptStore, StoreError
from edge.model.configuration import KeptConfig, Layer, Outcome
from edge.store.atomic_storage import DOCUMENTS_TABLE, beside, read_tables
from edge.store.documents import COLLECTIONS, Collection

SETTINGS, CLOUD, PAGE = "settings", "cloud", "page"
"""The collection, and whose layer each of its documents is."""


class ConfigBook:
    """One layer: `of` is CLOUD or PAGE."""

    def __init__(self, collection: Collection, of: str = CLOUD) -> None:
        self._collection = collection
        self._of = of

    def kept(self) -> KeptConfig:
        return read_kept(self._collection.get(self._of))

    def keep(self, kept: KeptConfig) -> None:
        """Durable on return. Raises DiskFull or StoreError."""
        self._collection.put(self._of, _written(kept))


def kept_before_start(documents: Path, of: str = CLOUD) -> KeptConfig:
    """What stands in the folder of the documents, which nobody has opened yet; nothing where it cannot be read."""
    path = documents / f"{SETTINGS}.json"
    for one in (path, beside(path, "bak")):
        try:
            tables = read_tables(one, COLLECTIONS[SETTINGS])
        except (CorruptStore, StoreError):
            continue  # whoever opens the documents sets it aside, and says so
        if tables is not None:
            found = {row["key"]: row["value"] for row in tables[DOCUMENTS_TABLE].values()}
            return read_kept(found.get(of))
    return KeptConfig()


def read_kept(document: object) -> KeptConfig:
    """An empty one for what is no such document."""
    if not isinstance(document, Mapping):
        return KeptConfig()
    outcome = document.get("outcome")
    try:
        return KeptConfig(
            _layer(document.get("active")), _layer(document.get("staged")), int(document.get("tries", 0)),
            int(document.get("confirm_s", 0)), tuple(map(str, document.get("healthy", ()))),
            Outcome(**outcome) if isinstance(outcome, Mapping) else None,
            tuple(map(str, document.get("changed", ()))), str(document.get("ended_at", "")),
        )  # fmt: skip
    except (TypeError, ValueError):
        return KeptConfig()


def _layer(found: object) -> Layer | None:
    if not isinstance(found, Mapping) or not isinstance(found.get("body"), Mapping):
        return None
    return Layer(int(found["version"]), str(found["sha"]), found["body"])


def _written(kept: KeptConfig) -> dict[str, Any]:
    told = kept.outcome
    return {
        "active": _row(kept.active), "staged": _row(kept.staged), "tries": kept.tries, "confirm_s": kept.confirm_s,
        "healthy": list(kept.healthy), "changed": list(kept.changed), "ended_at": kept.ended_at,
        "outcome": None if told is None else {
            "version": told.version, "sha": told.sha, "status": told.status, "code": told.code, "msg": told.msg,
        },
    }  # fmt: skip


def _row(layer: Layer | None) -> dict[str, Any] | None:
    return None if layer is None else {"version": layer.version, "sha": layer.sha, "body": dict(layer.body)}
