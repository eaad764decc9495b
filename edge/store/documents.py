"""Documents: small collections that a technician reads, backs up and moves; one TinyDB file each."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, TypeAlias

from tinydb import TinyDB, where

from edge.errors import CorruptStore
from edge.store.aside import set_aside
from edge.store.atomic_storage import DOCUMENTS_TABLE, AtomicStorage, Schema, beside, read_tables
from edge.store.durability import Step, disk_errors, make_folder, no_step, sync_folder

COLLECTIONS: Mapping[str, Schema] = MappingProxyType(
    {name: Schema() for name in ("settings", "devices", "cells", "badges", "accounts", "station", "licences")}
)
"""Settings and device bindings, the cell map, badges, web accounts (design 2), the key of the parcel station, and
the licences of its platforms."""

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a document may hold. What is read is frozen all the way down: read-only mappings and tuples."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file that could not be read: where it is now (None: it was gone), why, and what is used instead."""

    file: Path
    kept_as: Path | None
    reason: str
    instead: str


class Collection:
    """Documents by key. Written by the dispatcher; what `get` and `all` return never changes."""

    def __init__(self, storage: AtomicStorage, documents: Mapping[str, Json]) -> None:
        self._database = TinyDB(storage=lambda: storage)
        self._table = self._database.table(DOCUMENTS_TABLE, cache_size=0)
        self._documents = documents

    def get(self, key: str) -> Json:
        """None when there is no such document."""
        return self._documents.get(key)

    def all(self) -> Mapping[str, Json]:
        return self._documents

    def put(self, key: str, value: Json) -> None:
        """Durable on return. Raises DiskFull or StoreError; then nothing has changed."""
        thawed = _thawed(value)
        if key in self._documents:
            self._table.update({"value": thawed}, where("key") == key)
        else:
            self._table.insert({"key": key, "value": thawed})
        self._documents = MappingProxyType({**self._documents, key: _frozen(thawed)})

    def delete(self, key: str) -> bool:
        """Whether it was there. Raises as `put`."""
        if key not in self._documents:
            return False
        self._table.remove(where("key") == key)
        self._documents = MappingProxyType({name: doc for name, doc in self._documents.items() if name != key})
        return True


class Documents:
    """All collections of a terminal. Build with `Documents.open`."""

    def __init__(self, collections: Mapping[str, Collection]) -> None:
        self._collections = collections

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        at: datetime,
        aside: Path | None = None,
        schemas: Mapping[str, Schema] = COLLECTIONS,
        step: Step = no_step,
    ) -> tuple[Self, list[SetAside]]:
        """Read every collection. A damaged file moves to `aside` (default: beside `folder`), its last copy is used.

        `at` goes into the name of what is set aside. Raises StoreError when the disk does not let itself be read.
        """
        with disk_errors(folder, "the documents cannot be opened"):
            make_folder(folder)
        aside = folder.parent / "aside" if aside is None else aside
        collections: dict[str, Collection] = {}
        damaged: list[SetAside] = []
        for name, schema in schemas.items():
            storage = AtomicStorage(folder / f"{name}.json", schema, step)
            tables = _recovered(storage.path, schema, aside, at, damaged)
            collections[name] = Collection(storage, _by_key(tables))
        return cls(MappingProxyType(collections)), damaged

    def collection(self, name: str) -> Collection:
        """One of the names that `open` was given; any other is a mistake in the program: KeyError."""
        return self._collections[name]

    def snapshot(self) -> Mapping[str, Mapping[str, Json]]:
        """All documents by collection and key, as they are now; for readers in other threads."""
        return MappingProxyType({name: collection.all() for name, collection in self._collections.items()})


def _recovered(
    path: Path, schema: Schema, aside: Path, at: datetime, damaged: list[SetAside]
) -> dict[str, dict[str, Any]] | None:
    """The tables of `path`, else of its last copy, which then takes its place; what was wrong goes to `damaged`."""
    copy = beside(path, "bak")
    kept_as, reason = None, "the file was gone"
    try:
        tables = read_tables(path, schema)
        if tables is not None or not copy.exists():
            return tables
    except CorruptStore as error:
        kept_as, reason = set_aside(path, at=at, reason="damaged", folder=aside), error.what
    try:
        tables = read_tables(copy, schema)
    except CorruptStore:
        set_aside(copy, at=at, reason="damaged", folder=aside)
        tables = None
    if tables is not None:
        with disk_errors(path, "the last copy cannot take its place"):
            os.link(copy, path)
            sync_folder(path.parent)
    damaged.append(SetAside(path, kept_as, reason, "empty" if tables is None else "the last copy"))
    return tables


def _by_key(tables: Mapping[str, Any] | None) -> Mapping[str, Json]:
    rows = tables[DOCUMENTS_TABLE].values() if tables else ()
    return MappingProxyType({row["key"]: _frozen(row["value"]) for row in rows})


def _frozen(value: Any) -> Json:
    if isinstance(value, Mapping):
        return MappingProxyType({key: _frozen(inner) for key, inner in value.items()})
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    return value  # type: ignore[no-any-return]


def _thawed(value: Json) -> Any:
    """Plain dicts and lists, which JSON and TinyDB can take."""
    if isinstance(value, Mapping):
        return {key: _thawed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_thawed(inner) for inner in value]
    return value
