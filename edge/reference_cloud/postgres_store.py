"""The cloud's rows in PostgreSQL, for several workers at once. Needs psycopg, of the extra `cluster`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg

from edge.errors import DiskFull, StoreError

SCHEMA = Path(__file__).parent / "engines" / "postgresql" / "schema.sql"
SCHEMA_LOCK = 0x65646765
"""Workers that start together make the tables one after the other."""
CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_MS = 30_000
"""A worker that waits longer than this holds up its terminals: it begins anew."""

_NUMBERED = re.compile(r"\?(\d+)")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that a text of PostgreSQL cannot hold."""


class PostgresStore:
    """`open` before use, and again after each StoreError for which `is_open` says no. See `Rows`."""

    locking = " FOR UPDATE"

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: psycopg.Connection[tuple[Any, ...]] | None = None
        self._written: dict[str, str] = {}

    @property
    def is_open(self) -> bool:
        return self._db is not None and not self._db.closed

    def open(self) -> None:
        """Connect, and make the tables where there are none. Raises StoreError."""
        self.close()
        try:
            self._db = psycopg.connect(
                self._url, connect_timeout=CONNECT_TIMEOUT_S, options=f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
            )
            self._db.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
            self._db.execute(SCHEMA.read_bytes())
            self._db.commit()
        except psycopg.Error as error:
            self.close()  # else it would count as open, and never be opened again
            raise _translated(error) from error

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def run(self, sql: str, values: Sequence[object] = ()) -> psycopg.Cursor[tuple[Any, ...]]:
        try:
            return self._connection().execute(self._statement(sql), _bound(values))
        except psycopg.Error as error:
            raise _translated(error) from error

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> int:
        try:
            with self._connection().cursor() as cursor:
                cursor.executemany(self._statement(sql), [_bound(row) for row in rows])
                changed: int = cursor.rowcount
                return max(changed, 0)
        except psycopg.Error as error:
            raise _translated(error) from error

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.run(sql, values).fetchall()
        return found

    def commit(self) -> None:
        """Where the answer is lost, it may have been committed all the same: the batch comes again and is absorbed."""
        try:
            self._connection().commit()
        except psycopg.Error as error:
            raise _translated(error) from error

    def rollback(self) -> None:
        """Never raises: a connection that is gone has rolled back."""
        if self._db is not None and not self._db.closed:
            try:
                self._db.rollback()
            except psycopg.Error:
                self.close()

    def _connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._db is None or self._db.closed:
            raise StoreError("the database is not connected")
        return self._db

    def _statement(self, sql: str) -> bytes:
        """With psycopg's marks for values: `?1` is %(p1)s and `?` the next of them."""
        written = self._written.get(sql)
        if written is None:
            parts = iter(range(1, sql.count("?") + 1))
            escaped = sql.replace("%", "%%")
            named = _NUMBERED.sub(lambda found: f"%(p{found[1]})s", escaped)
            written = self._written[sql] = re.sub(r"\?", lambda _: f"%(p{next(parts)})s", named)
        return written.encode()


def _bound(values: Sequence[object]) -> dict[str, object]:
    return {
        f"p{n}": _UNWRITABLE.sub("\ufffd", value) if isinstance(value, str) else value
        for n, value in enumerate(values, 1)
    }


def _translated(error: psycopg.Error) -> StoreError:
    told = str(error).strip().splitlines()
    text = told[0] if told else type(error).__name__
    if isinstance(error, psycopg.errors.DiskFull):
        return DiskFull("no room for a commit", got=text, cure="Free some space.")
    return StoreError(f"the database failed: {text}")
