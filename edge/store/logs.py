"""Where the program's own words go: to the console or journald, and to files that stay small (contract P11).

No phone, resident's number or bank card stands in them, whoever wrote the line.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from logging.handlers import RotatingFileHandler
from pathlib import Path

from edge.clock import iso_ms
from edge.model.masking import without_persons
from edge.store.durability import disk_errors

FOLDER, FILE = "logs", "terminal.log"
MAX_OCTETS, OLDER = 512 * 1024, 13
"""Seven megabytes in all, nothing to a card of 16 GB; a file is of one day."""
KEEP_DAYS = 14
DAY_S = 86_400
_PRIORITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}
"""Of journald, by sd-daemon(3)."""


def log_to(data_dir: Path | None) -> None:
    """To stderr, and below `data_dir`; None: to stderr alone."""
    console = logging.StreamHandler(sys.stderr)
    under_systemd = "JOURNAL_STREAM" in os.environ
    console.setFormatter(_ForJournald() if under_systemd else _Masked(_CONSOLE, datefmt="%H:%M:%S%z"))
    handlers: list[logging.Handler] = [console]
    trouble = ""
    if data_dir is not None:
        try:
            handlers.append(_file(data_dir))
        except OSError as error:
            trouble = f"no log file: {error}"
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    if trouble:
        logging.getLogger("edge").warning(trouble)


_CONSOLE = "%(asctime)s %(name)s: %(message)s"
_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_files(folder: Path) -> Iterator[list[str]]:
    """The lines of each file, the newest file first. Raises StoreError."""
    for number in range(OLDER + 1):
        path = folder / (f"{FILE}.{number}" if number else FILE)
        with disk_errors(path, "the log cannot be read"):
            if path.exists():
                yield path.read_text("utf-8", "replace").splitlines(keepends=True)


def newest_lines(folder: Path, fits: Callable[[str], bool], most: int) -> list[str]:
    """Of those that fit, newest first, without their ends. Raises StoreError."""
    fitting = (line.rstrip("\n") for lines in log_files(folder) for line in reversed(lines) if fits(line))
    return list(islice(fitting, most))


class _Masked(logging.Formatter):
    """The whole of it, with the lines of a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return without_persons(super().format(record))


class _ForJournald(_Masked):
    """It dates lines by itself, and wants each one's weight in front."""

    def format(self, record: logging.LogRecord) -> str:
        weight = _PRIORITIES.get(record.levelno, 6)
        return "\n".join(f"<{weight}>{line}" for line in super().format(record).splitlines())


class _Dated(_Masked):
    """As the wire dates things."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return iso_ms(datetime.fromtimestamp(record.created, UTC))


class DayFiles(RotatingFileHandler):
    """A new file each day (UTC) or when one is full; what is older than KEEP_DAYS goes when one begins.

    A full disk takes no lines; that is told elsewhere, and not once for each.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._day = _day_of(path)
        super().__init__(path, maxBytes=MAX_OCTETS, backupCount=OLDER, encoding="utf-8", delay=True)
        self.setFormatter(_Dated(_LINE))

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        day, self._day = self._day, int(record.created // DAY_S)
        if day in (None, self._day):
            return bool(super().shouldRollover(record))
        for number in range(1, OLDER + 1):
            older = self._path.with_name(f"{FILE}.{number}")
            if (written := _day_of(older)) is not None and written < self._day - KEEP_DAYS:
                older.unlink(missing_ok=True)
        return self._path.exists()

    def handleError(self, record: logging.LogRecord) -> None:
        return


def _day_of(path: Path) -> int | None:
    """Of its last line, in days since 1970; None: there is no file."""
    return int(path.stat().st_mtime // DAY_S) if path.exists() else None


def _file(data_dir: Path) -> logging.Handler:
    (data_dir / FOLDER).mkdir(parents=True, exist_ok=True)
    return DayFiles(data_dir / FOLDER / FILE)
