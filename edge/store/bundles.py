"""What the cloud is sent on its wish: logs, the journal, or all that tells what ails a box. Each is a file of its own.

A file keeps its name for as long as it is being sent, so that a sending that broke off goes on where it stood.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.errors import DiskFull, StoreError
from edge.model.secrecy import text_without_secrets, without_secrets
from edge.store.backup import MARGIN_OCTETS
from edge.store.disk import Disk
from edge.store.durability import disk_errors, make_folder
from edge.store.logs import FOLDER, log_files

OUTGOING = "outgoing"
BLOCK = 64 * 1024
_DATED = re.compile(r"\d{4}-\d\d-\d\dT")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A whole file that is ready to leave."""

    path: Path
    octets: int
    sha256: str


class Bundles:
    """Below `data_dir`. Called on the jobs thread, `for_a_person` on the stick's, too. Each raises StoreError."""

    def __init__(self, data_dir: Path, disk: Disk | None = None) -> None:
        self._disk = disk or Disk()
        self._folder = data_dir / OUTGOING
        self._logs = data_dir / FOLDER

    def logs(self, name: str, *, since: str, max_octets: int) -> Bundle:
        """The newest lines from the moment `since` on, as many as fit; empty: from the first on."""
        return self._packed(name, _newest(list(_since(self._lines(), since)), max_octets))

    def rows(self, name: str, rows: Iterable[Mapping[str, Any]], *, since: str, max_octets: int) -> Bundle:
        """Rows of the journal from `since` on, one JSON object a line, the oldest first."""
        lines = (f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows if str(row.get("at", "")) >= since)
        return self._packed(name, _oldest(lines, max_octets))

    def diagnosis(self, name: str, parts: Mapping[str, Any], *, max_octets: int) -> Bundle:
        """`parts` as JSON, a line each, then the newest lines of the logs."""
        told = [f"{json.dumps({key: value}, ensure_ascii=False, default=str)}\n" for key, value in parts.items()]
        room = max(0, max_octets - sum(len(line.encode()) for line in told))
        return self._packed(name, [*told, *_newest(list(self._lines()), room)])

    def for_a_person(
        self, name: str, parts: Mapping[str, Any], *, before: str, since: str, max_octets: int
    ) -> Bundle:  # fmt: skip
        """The same for who helps by hand: a zip, a file for each of `parts`, and the lines since; no secret in it.

        `before`: the pattern of those that give way to it, all of the same thread's.
        """
        path = self._folder / name
        told = {f"{key}.json": json.dumps(without_secrets(value), ensure_ascii=False, indent=1, default=str)
                for key, value in parts.items()}  # fmt: skip
        room = max(0, max_octets - sum(len(text.encode()) for text in told.values()))
        lines = [text_without_secrets(line) for line in _since(self._lines(), since)]
        with disk_errors(path, "the file cannot be written"):
            make_folder(self._folder)
            for old in self._folder.glob(before):
                old.unlink(missing_ok=True)
            if self._disk.space(self._folder).free < max_octets + MARGIN_OCTETS:
                raise DiskFull("there is no room for the file", where=str(path))
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
                for part, text in (*told.items(), ("terminal.log", "".join(_newest(lines, room)))):
                    file.writestr(part, text)
            with path.open("rb") as packed:
                digest = hashlib.file_digest(packed, "sha256").hexdigest()
            return Bundle(path, path.stat().st_size, digest)

    def drop_all(self) -> None:
        """At a start: nobody goes on with what was begun before it."""
        with disk_errors(self._folder, "files that were sent cannot be removed"):
            for path in self._folder.glob("*") if self._folder.is_dir() else ():
                path.unlink(missing_ok=True)

    def _lines(self) -> Iterator[str]:
        """Of all log files, the oldest first."""
        for lines in reversed(list(log_files(self._logs))):
            yield from lines

    def _packed(self, name: str, lines: Iterable[str]) -> Bundle:
        path, digest = self._folder / name, hashlib.sha256()
        with disk_errors(path, "the file to be sent cannot be written"):
            make_folder(self._folder)
            with gzip.open(path, "wt", encoding="utf-8") as file:
                file.writelines(lines)
            with path.open("rb") as packed:
                while block := packed.read(BLOCK):
                    digest.update(block)
            return Bundle(path, path.stat().st_size, digest.hexdigest())


def _since(lines: Iterable[str], moment: str) -> Iterator[str]:
    """Each line that is as new; what has no date of its own, as a traceback's lines, goes with the one before it."""
    is_new = not moment
    for line in lines:
        if _DATED.match(line):
            is_new = line[:24] >= moment
        if is_new:
            yield line


def _newest(lines: list[str], max_octets: int) -> list[str]:
    room, kept = max_octets, 0
    for line in reversed(lines):
        room -= len(line.encode())
        if room < 0:
            break
        kept += 1
    return lines[len(lines) - kept :]


def _oldest(lines: Iterable[str], max_octets: int) -> Iterator[str]:
    """Raises StoreError where they do not fit: half a journal would be taken for a whole one."""
    room = max_octets
    for line in lines:
        room -= len(line.encode())
        if room < 0:
            raise StoreError("the journal is larger than what was asked for", where="max_mb",
                             cure="Ask for more megabytes, or from a later moment on.")  # fmt: skip
        yield line
