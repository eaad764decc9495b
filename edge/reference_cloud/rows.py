"""What intake and sessions ask of a database: SQLite for one process, PostgreSQL for several workers.

Statements are written for both: `?` and `?1` for values, `ON CONFLICT`, `IS NOT DISTINCT FROM`, `RETURNING`, columns
named with their table where a conflict is resolved. No dialect is chosen anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol


class Changed(Protocol):
    """What one statement did."""

    @property
    def rowcount(self) -> int: ...

    def fetchall(self) -> list[Any]: ...


class Rows(Protocol):
    """Each method raises StoreError. Statements outside a transaction begin one."""

    locking: str
    """Ends a query whose rows nobody else may change before this transaction ends; "" where nobody else writes."""

    def run(self, sql: str, values: Sequence[object] = ()) -> Changed:
        """One statement, inside the open transaction or a new one."""
        ...

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> int:
        """One statement for each row; returns how many rows changed."""
        ...

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]: ...

    def commit(self) -> None:
        """Everything since the last commit is on the disk when this returns."""
        ...

    def rollback(self) -> None: ...
