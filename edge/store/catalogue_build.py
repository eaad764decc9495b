"""Catalogues are built beside the active one: write, check, fsync, rename. A row of the ledger activates one."""

from __future__ import annotations

import fcntl
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from edge.codec.catalogue_csv import MAX_ITEMS, MAX_OCTETS, read_catalogue
from edge.codec.catalogue_op import CatalogueOp, DeleteItem, PutItem
from edge.codec.catalogue_row import gtin_of, item_of
from edge.errors import CodecError, CorruptStore, DiskFull, EdgeError, SettingsError, StoreError
from edge.model.item import Item
from edge.store.catalogue import ATTRIBUTES, SCHEMA, CatalogueFile, seal, verify
from edge.store.durability import Step, disk_errors, make_folder, no_step, sync_file, sync_folder

KEPT = 2
"""Files left by `clean`: the active one, and the one before it for the day when the active one cannot be read."""
LOCAL_VERSION = 0
"""Of a catalogue imported in the shop: no delta of the cloud can take it for its base (contract P15)."""

_NAME = re.compile(r"catalogue-(\d{1,9})\.(?:db$|.*\.db$)")
_TEMPORARY = ".new"
_TABLES = f"""
CREATE TABLE meta(k TEXT PRIMARY KEY, v INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE item({", ".join(ATTRIBUTES)});
CREATE UNIQUE INDEX item_sku ON item(sku);
CREATE UNIQUE INDEX item_gtin ON item(gtin) WHERE gtin IS NOT NULL;
CREATE UNIQUE INDEX item_plu ON item(plu) WHERE plu IS NOT NULL;
"""
_INSERT = f"INSERT INTO item VALUES ({', '.join('?' * len(ATTRIBUTES))})"


@dataclass(frozen=True, slots=True)
class Built:
    """A catalogue that is ready to be activated. `ignored` counts deletions of goods that were not there."""

    path: Path
    version: int
    items: int
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class ImportResult:
    """`encoding` is how the CSV file was read: utf-8 or gb18030."""

    path: Path
    version: int
    items: int
    encoding: str


def import_csv(data_dir: Path, csv_path: Path, *, version: int = LOCAL_VERSION) -> ImportResult:
    """Build a catalogue from a CSV file. Raises SettingsError with every wrong line, or StoreError: nothing changed."""
    try:
        with csv_path.open("rb") as file:
            octets = file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise SettingsError(f"the catalogue cannot be read: {error.strerror}", where=str(csv_path)) from error
    table = read_catalogue(octets, name=str(csv_path))
    built = build_full(data_dir, table.items, version=version)
    return ImportResult(built.path, built.version, built.items, table.encoding)


def build_full(data_dir: Path, items: Iterable[Item], *, version: int) -> Built:
    """A new file of these items alone. Raises CodecError for a double key, StoreError, DiskFull: nothing changed."""

    def fill(connection: sqlite3.Connection) -> int:
        for item in items:
            _insert(connection, item)
        return 0

    return _build(data_dir, None, fill, version, no_step)


def build_delta(
    data_dir: Path, base: CatalogueFile | None, ops: Iterable[CatalogueOp], *, version: int, step: Step = no_step
) -> Built:
    """A new file: `base` (None: empty, for a full catalogue as NDJSON) with `ops` applied in their order.

    A put of unknown goods needs a name; a del of unknown goods is counted as ignored. `step` is called after each
    step on the disk; a test cuts the power there. Raises as `build_full` does.
    """

    def fill(connection: sqlite3.Connection) -> int:
        ignored = sum(_apply(connection, op) for op in ops)
        _check_shelves(connection)
        return ignored

    return _build(data_dir, base.path if base else None, fill, version, step)


def catalogue_files(data_dir: Path) -> list[Path]:
    """Every catalogue of the folder, newest number first."""
    found = [path for path in data_dir.glob("catalogue-*.db") if _number(path)]
    return sorted(found, key=_number, reverse=True)


def clean(data_dir: Path, active: Path) -> list[Path]:
    """Remove what is older than the active catalogue and the one before it, and what a cut left half built.

    Newer files stay: they wait for their hour (contract P15, `eff`). Returns what was removed: nothing while a
    catalogue is being built. Raises StoreError.
    """
    try:
        with _building(data_dir), disk_errors(data_dir, "old catalogues cannot be removed"):
            older = [path for path in catalogue_files(data_dir) if _number(path) < _number(active)]
            removed = [*older[KEPT - 1 :], *data_dir.glob(f"catalogue-*.db{_TEMPORARY}")]
            for path in removed:
                path.unlink()
            return removed
    except _Busy:
        return []  # what looks half built is being built; the next cleaning finds it


def drop_built(path: Path) -> None:
    """Remove a catalogue that was built and is named nowhere. Raises StoreError."""
    with disk_errors(path, "the catalogue cannot be removed"):
        path.unlink(missing_ok=True)


class _Busy(StoreError):
    """The command line imports while the terminal applies a delta, or the reverse."""


def _build(
    data_dir: Path, base: Path | None, fill: Callable[[sqlite3.Connection], int], version: int, step: Step
) -> Built:
    with _building(data_dir):
        path = data_dir / f"catalogue-{_next_number(data_dir)}.db"
        temporary = path.with_name(path.name + _TEMPORARY)
        with disk_errors(path, "the catalogue cannot be written"):
            temporary.unlink(missing_ok=True)
            try:
                ignored = _write(temporary, base, fill, version)
                step("written")
                seal(temporary)
                step("sealed")
                items = _proven(temporary, version)
                sync_file(temporary)
                step("synced")
                temporary.rename(path)
                step("renamed")
                sync_folder(data_dir)
                step("durable")
            except (EdgeError, OSError, sqlite3.Error):
                temporary.unlink(missing_ok=True)
                raise
    return Built(path, version, items, ignored)


@contextmanager
def _building(data_dir: Path) -> Iterator[None]:
    """Only one at a time builds; the kernel lets go of the lock when the process dies."""
    with disk_errors(data_dir, "the catalogue cannot be written"):
        make_folder(data_dir)
        lock = (data_dir / "catalogue.lock").open("wb")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _Busy(
                "another catalogue is being built", where=str(data_dir), cure="Try again in a minute."
            ) from error
        yield


def _next_number(data_dir: Path) -> int:
    """Numbers of files that were set aside count too: the ledger may still name one of them."""
    seen = [*data_dir.glob("catalogue-*.db"), *(data_dir / "aside").glob("catalogue-*.db")]
    return max(map(_number, seen), default=0) + 1


def _number(path: Path) -> int:
    match = _NAME.fullmatch(path.name)
    return int(match[1]) if match else 0


def _write(path: Path, base: Path | None, fill: Callable[[sqlite3.Connection], int], version: int) -> int:
    if base:
        # Checked again: it may have lain open for months, and what is copied gets a new checksum.
        shutil.copyfile(base, path)
        verify(path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # A file that is thrown away on any error needs no journal of its own.
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA user_version = 0;")
            if not base:
                connection.executescript(_TABLES)
            connection.execute("BEGIN")
            there = {column for _, column, *_ in connection.execute("PRAGMA table_info(item)")}
            for column in ATTRIBUTES:  # of an older schema; what came later stands at the end of each row
                if column not in there:
                    connection.execute(f"ALTER TABLE item ADD COLUMN {column}")
            meta = [("schema", SCHEMA), ("version", version)]
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta)
            ignored = fill(connection)
            connection.execute("COMMIT")
            return ignored
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise DiskFull("the catalogue cannot be written: the disk is full", where=str(path)) from error
        raise StoreError(f"the catalogue cannot be written: {error}", where=str(path)) from error


def _proven(path: Path, version: int) -> int:
    """How many items the file holds, read as it will be read when it is active."""
    catalogue = CatalogueFile.open(path)
    try:
        if catalogue.version != version:
            raise CorruptStore(
                "the new catalogue is not what was written", where=str(path),
                expected=f"version {version}", got=str(catalogue.version),
            )  # fmt: skip
        if len(catalogue) > MAX_ITEMS:
            raise CodecError("too many items", expected=f"at most {MAX_ITEMS}", got=str(len(catalogue)))
        return len(catalogue)
    finally:
        catalogue.close()


def _apply(connection: sqlite3.Connection, op: CatalogueOp) -> int:
    """1 when there was nothing to delete, else 0."""
    if isinstance(op, DeleteItem):
        return 0 if connection.execute("DELETE FROM item WHERE sku = ?", (op.sku,)).rowcount else 1
    if not _update(connection, op):
        if "name" not in op.values:
            raise CodecError("goods that the catalogue does not have need a name", where=f"sku {op.sku}")
        _insert(connection, item_of({"gtin": gtin_of(op.sku), **op.values, "sku": op.sku}))
    return 0


def _check_shelves(connection: sqlite3.Connection) -> None:
    """Only now: one delta may name the least, and the next the most."""
    wrong = connection.execute("SELECT sku, shelf_min, shelf_max FROM item WHERE shelf_max < shelf_min").fetchone()
    if wrong is not None:
        sku, least, most = wrong
        what, expected = "the shelf holds less than it must show", f"shelf_max of {least} or more"
        raise CodecError(what, where=f"sku {sku}", expected=expected, got=str(most))


def _update(connection: sqlite3.Connection, op: PutItem) -> bool:
    """Whether the goods were there."""
    columns = [name for name in ATTRIBUTES if name in op.values and name != "sku"]
    assignments = ", ".join(f"{name} = ?" for name in ["sku", *columns])
    values = [op.sku, *(op.values[name] for name in columns), op.sku]
    with _one_of_a_kind(op.sku):
        return connection.execute(f"UPDATE item SET {assignments} WHERE sku = ?", values).rowcount > 0


def _insert(connection: sqlite3.Connection, item: Item) -> None:
    with _one_of_a_kind(item.sku):
        connection.execute(_INSERT, astuple(item))


@contextmanager
def _one_of_a_kind(sku: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        column = str(error).rpartition(".")[2]
        raise CodecError(f"other goods have this {column} already", where=f"sku {sku}") from error
