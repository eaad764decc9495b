"""A disk under the ledger that is cut off between two statements, fails, and is full."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from edge.sim.year.power import Fuse
from edge.store.disk import Disk, Space

TOTAL = 1_000_000
FREE = 900_000
FULL_PERCENT = 99
"""From here on there is no room for the ledger either."""
BALLAST_PAGES = 64
"""What the ledger gets when the ballast is given up: some dozen sales."""
NO_LIMIT = 1 << 30
_READS = ("SELECT", "PRAGMA")


class FaultyDisk(Disk):
    """Moments of the fuse: before each write, before and after a commit, and between the steps of other files."""

    ballast_octets = 4096

    def __init__(self, folder: Path, fuse: Fuse) -> None:
        self.commits = 0
        """Commits that are on the disk."""
        self.full = False
        self.used_percent = 0
        self.ballast_pages = BALLAST_PAGES
        self._folder = folder
        self._fuse = fuse
        self._ledger: _Connection | None = None
        self._ballast_used = False
        self._pages = NO_LIMIT
        self._fails_at = ""
        self._lies = False

    def connect(self, address: Path, **options: Any) -> sqlite3.Connection:
        connection: _Connection = sqlite3.connect(address, factory=_Connection, **options)
        connection.disk = self
        self._ledger = connection
        self._obey_limit()
        return connection

    def space(self, folder: Path) -> Space:
        return Space(TOTAL, TOTAL * (100 - self.used_percent) // 100 if self.used_percent else FREE)

    def reached(self, step: str) -> None:
        self._fuse.reached(step)

    @property
    def in_transaction(self) -> bool:
        """Whether something has been written that is not committed."""
        return self._ledger is not None and self._ledger.in_transaction

    def fill(self, pages: int) -> None:
        """Leave room for `pages` more of the ledger, and say that there is none."""
        self.full, self._ballast_used, self.used_percent = True, False, FULL_PERCENT
        self._limit(pages)

    def fail_at(self, word: str, *, lies: bool = False) -> None:
        """The next BEGIN, INSERT or COMMIT fails. One that `lies` is on the disk all the same."""
        self._fails_at, self._lies = word, lies

    def clear(self) -> None:
        """Somebody made room, and the disk is well."""
        self.full, self._fails_at, self.used_percent = False, "", 0
        self._limit(None)

    def let_go(self) -> None:
        """The process is dead: an open transaction is rolled back. What a log torn by the cut does: test_power_cuts."""
        if self._ledger is not None:
            self._ledger.disk = None
            self._ledger.close()
            self._ledger = None

    def before(self, sql: str) -> None:
        """A write is about to run. Raises PowerCut or sqlite3.OperationalError."""
        self._fuse.reached(sql[:30])
        if sql.startswith("BEGIN") and self.full and not self._ballast_used and not self._has_ballast():
            self._ballast_used = True
            self._limit(self.ballast_pages)
        if self._fails(sql) and not self._lies:
            self._fail()

    def after(self, sql: str) -> None:
        """It has run."""
        if sql == "COMMIT":
            self.commits += 1
            if self._fails(sql):
                self._fail()
            self._fuse.reached("committed")

    def _fails(self, sql: str) -> bool:
        return bool(self._fails_at) and sql.startswith(self._fails_at)

    def _fail(self) -> None:
        self._fails_at = ""
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise error

    def _has_ballast(self) -> bool:
        return (self._folder / "ballast").exists()

    def _limit(self, pages: int | None) -> None:
        if self._ledger is not None:
            used = self._ledger.execute("PRAGMA page_count").fetchone()[0]
            self._pages = NO_LIMIT if pages is None else used + pages
            self._obey_limit()

    def _obey_limit(self) -> None:
        if self._ledger is not None:
            self._ledger.execute(f"PRAGMA max_page_count = {self._pages}")


class _Connection(sqlite3.Connection):
    """A real connection whose writes go through the disk."""

    disk: FaultyDisk | None = None

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        disk = self.disk
        if disk is None or sql.startswith(_READS):
            return super().execute(sql, parameters)
        disk.before(sql)
        cursor = super().execute(sql, parameters)
        disk.after(sql)
        return cursor

    def executescript(self, sql_script: str) -> sqlite3.Cursor:
        if self.disk is not None:
            self.disk.before("script")
        return super().executescript(sql_script)

    def executemany(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        if self.disk is not None:
            self.disk.before(sql)
        return super().executemany(sql, parameters)
