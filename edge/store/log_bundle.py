"""All logs of a box that did not start, packed while they are sent: its disk may be full."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from edge.errors import StoreError
from edge.model.secrecy import text_without_secrets, without_secrets
from edge.store.logs import FOLDER, log_files

BLOCK = 64 * 1024
LISTED_MAX = 500
"""Files of the folder: a shop has some dozens."""


def log_bundle(data_dir: Path, told: Mapping[str, Any]) -> Iterator[bytes]:
    """A zip: `told` and the names and sizes of what lies in the folder, then the log, oldest line first. No secret."""
    facts = without_secrets({**told, "files": _listed(data_dir)})
    return _zipped((("box.json", [json.dumps(facts, ensure_ascii=False, indent=1, default=str)]),
                    ("terminal.log", map(text_without_secrets, _lines(data_dir / FOLDER)))))  # fmt: skip


def _zipped(files: Iterable[tuple[str, Iterable[str]]]) -> Iterator[bytes]:
    """A piece whenever there are BLOCK octets."""
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, lines in files:
            with packed.open(name, "w") as part:
                for line in lines:
                    part.write(line.encode())
                    if len(pieces.octets) >= BLOCK:
                        yield pieces.taken()
    yield pieces.taken()


class _Pieces:
    """What a file is to one that writes a zip and never goes back in it."""

    def __init__(self) -> None:
        self.octets = bytearray()

    def write(self, octets: bytes) -> int:
        self.octets += octets
        return len(octets)

    def flush(self) -> None:
        return

    def close(self) -> None:
        return

    def taken(self) -> bytes:
        octets = bytes(self.octets)
        self.octets.clear()
        return octets


def _lines(folder: Path) -> Iterator[str]:
    try:
        files = list(log_files(folder))
    except StoreError as error:
        yield f"{error}\n"
        return
    for lines in reversed(files):
        yield from lines


def _listed(data_dir: Path) -> list[str]:
    """As "ledger.db 1048576", and what is in its folders. What cannot be read is told as that: the disk may be why the
    box did not start.
    """
    found: list[str] = []
    for path, is_folder in _within(data_dir, found):
        found.append(_sized(path, data_dir))
        if len(found) >= LISTED_MAX:
            break
        if is_folder:
            found += [_sized(inner, data_dir) for inner, _ in _within(path, found)]
    return found[:LISTED_MAX]


def _within(folder: Path, found: list[str]) -> list[tuple[Path, bool]]:
    """No more than are listed, and which are folders; why it cannot be read goes to `found`."""
    try:
        with os.scandir(folder) as entries:
            some = islice(entries, LISTED_MAX)
            return sorted((folder / entry.name, entry.is_dir(follow_symlinks=False)) for entry in some)
    except OSError as error:
        found.append(f"{folder.name}/: {error.strerror}")
        return []


def _sized(path: Path, data_dir: Path) -> str:
    name = path.relative_to(data_dir)
    try:
        return f"{name} {path.stat().st_size}"
    except OSError as error:
        return f"{name}: {error.strerror}"
