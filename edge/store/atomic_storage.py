"""A TinyDB storage that a power cut cannot tear: write anew, fsync, keep the old one, rename, fsync the folder.

x.json.new   being written; worth nothing until it has been renamed
x.json       the truth, whole at every moment
x.json.bak   what x.json was before the last change
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tinydb import Storage

from edge.errors import CorruptStore, StoreError
from edge.store.durability import Step, disk_errors, make_folder, no_step, sync_file, sync_folder

MAX_OCTETS = 1024 * 1024
"""Every change rewrites the whole file: 1 MiB takes a tenth of a second on a good card. More belongs in SQLite."""
MAX_DEPTH = 16
"""Tables in tables; a cell map has four levels."""
SCHEMA_TABLE = "schema"
DOCUMENTS_TABLE = "documents"

Migration = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns all documents of a collection, by key, from one schema into the next."""


@dataclass(frozen=True, slots=True)
class Schema:
    """`migrations[n]` leads from schema n to n + 1; a shipped one is never edited."""

    number: int = 1
    migrations: Mapping[int, Migration] = field(default_factory=lambda: MappingProxyType({}))


class AtomicStorage(Storage):
    """One file of two tables: the schema's number, and documents of `key` and `value`.

    `read` gives them in the newest schema; on the disk the file changes with the next write, so that an update of the
    software needs no room on a full disk.
    """

    def __init__(self, path: Path, schema: Schema, step: Step = no_step) -> None:
        super().__init__()
        self.path = path
        self._schema = schema
        self._step = step

    def read(self) -> dict[str, dict[str, Any]] | None:
        """None when there is no file. Raises CorruptStore when it is not one of ours, StoreError when unreadable."""
        return read_tables(self.path, self._schema)

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Durable on return. Raises DiskFull or StoreError; then the file is as it was."""
        tables = {SCHEMA_TABLE: {"1": {"number": self._schema.number}}, **_without_schema(data)}
        octets = _encoded(tables, self.path)
        new = beside(self.path, "new")
        with disk_errors(self.path, "the document cannot be written"):
            try:
                make_folder(self.path.parent)
                self._write(new, octets)
            except OSError:
                new.unlink(missing_ok=True)
                raise

    def _write(self, new: Path, octets: bytes) -> None:
        new.write_bytes(octets)
        self._step("written")
        sync_file(new)
        self._step("synced")
        if self.path.exists():
            # A link and a rename, so that at no moment either name is missing.
            spare = beside(self.path, "old")
            spare.unlink(missing_ok=True)
            os.link(self.path, spare)
            self._step("linked")
            spare.replace(beside(self.path, "bak"))
            self._step("kept")
        new.replace(self.path)
        self._step("renamed")
        sync_folder(self.path.parent)
        self._step("durable")


def beside(path: Path, suffix: str) -> Path:
    """settings.json → settings.json.bak"""
    return path.with_name(f"{path.name}.{suffix}")


def read_tables(path: Path, schema: Schema) -> dict[str, dict[str, Any]] | None:
    """The tables of a file in the newest schema; None when there is no file. Raises as `AtomicStorage.read`."""
    with disk_errors(path, "the document cannot be read"):
        try:
            octets = path.read_bytes()
        except FileNotFoundError:
            return None
    try:
        tables = json.loads(octets)
        number = tables[SCHEMA_TABLE]["1"]["number"]
        rows = tables[DOCUMENTS_TABLE]
        documents = {row["key"]: row["value"] for row in rows.values()}
        sound = type(number) is int and len(documents) == len(rows) and all(map(_is_row_id, rows))
        _encoded(tables, path)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, StoreError) as error:
        raise CorruptStore("the document is damaged", where=str(path)) from error
    if not sound or not all(type(key) is str for key in documents):
        raise CorruptStore("the document is damaged", where=str(path))
    if not 1 <= number <= schema.number:
        expected = f"schema 1 to {schema.number}"
        raise CorruptStore(
            "the document is from newer software", where=str(path), expected=expected, got=str(number),
            is_newer=number > schema.number,
        )  # fmt: skip
    return {SCHEMA_TABLE: {"1": {"number": schema.number}}, DOCUMENTS_TABLE: _upgraded(rows, documents, number, schema)}


def _upgraded(
    rows: dict[str, Any], documents: dict[str, Any], number: int, schema: Schema
) -> dict[str, dict[str, Any]]:
    if number == schema.number:
        return rows
    for step in range(number, schema.number):
        documents = schema.migrations[step](documents)
    return {str(n): {"key": key, "value": value} for n, (key, value) in enumerate(documents.items(), 1)}


def _without_schema(data: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: table for name, table in data.items() if name != SCHEMA_TABLE}


def _encoded(tables: Mapping[str, Any], path: Path) -> bytes:
    if _is_deeper(tables, MAX_DEPTH):
        raise StoreError("the document is nested too deeply", where=str(path), expected=f"at most {MAX_DEPTH} levels")
    try:
        octets = json.dumps(tables, ensure_ascii=False, indent=1, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise StoreError(f"this is no JSON: {error}", where=str(path)) from error
    if len(octets) > MAX_OCTETS:
        expected = f"at most {MAX_OCTETS // 1024} KiB"
        raise StoreError("the collection has grown too large", where=str(path), expected=expected)
    return octets


def _is_deeper(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels == 0 or any(_is_deeper(part, levels - 1) for part in inner)


def _is_row_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
