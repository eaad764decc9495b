"""Files that come from the cloud's addresses, piece by piece: what came stays, also over a power cut."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge.errors import WireError
from edge.store.durability import disk_errors, make_folder

INCOMING = "incoming"
BLOCK = 64 * 1024
MAX_OCTETS = 32 * 1024 * 1024
"""Of a file as it comes; 50,000 goods with every field at its longest are 3 MB of gzip."""
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 50
MAX_LINE = 16 * 1024
_GZIP_WBITS = 31


class Arrivals:
    """Below `data_dir`. Called on the jobs thread. Each raises StoreError, too."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / INCOMING

    def held(self, name: str) -> int:
        """Octets that are here."""
        with disk_errors(self._folder, "a file that comes cannot be read"):
            path = self._folder / name
            return path.stat().st_size if path.exists() else 0

    def keep(self, name: str, first: int, blocks: Iterable[bytes]) -> None:
        """From the octet `first` on. What came before a line broke stays."""
        path = self._folder / name
        with disk_errors(path, "a file that comes cannot be written"):
            make_folder(self._folder)
            with path.open("r+b" if path.exists() else "wb") as file:
                file.seek(first)
                file.truncate()
                try:
                    for block in blocks:
                        file.write(block)
                finally:
                    file.flush()
                    os.fsync(file.fileno())

    def check(self, name: str, *, size: int, sha256: str) -> None:
        """Raises WireError blob.hash, and then it is gone: the next try begins anew."""
        path, digest = self._folder / name, hashlib.sha256()
        with disk_errors(path, "a file that came cannot be read"):
            with path.open("rb") as file:
                while block := file.read(BLOCK):
                    digest.update(block)
            if path.stat().st_size == size and digest.hexdigest() == sha256:
                return
            path.unlink()
        raise WireError("blob.hash", "the file is not what it was said to be", expected=sha256, got=digest.hexdigest())

    def lines(self, name: str, *, packed: bool) -> Iterator[str]:
        """Its lines, one by one: never the whole in memory. Raises WireError proto.encoding."""
        rest = b""
        for block in self._unpacked(name) if packed else self._blocks(name):
            *lines, rest = (rest + block).split(b"\n")
            if len(rest) > MAX_LINE:
                raise WireError("proto.encoding", "a line without end", expected=f"at most {MAX_LINE} B")
            yield from map(_text, lines)
        yield _text(rest)

    def drop_all(self) -> None:
        with disk_errors(self._folder, "files that came cannot be removed"):
            for path in self._folder.glob("*") if self._folder.is_dir() else ():
                path.unlink(missing_ok=True)

    def drop_others(self, name: str) -> None:
        """What nobody goes on with."""
        with disk_errors(self._folder, "files that came cannot be removed"):
            for path in self._folder.glob("*") if self._folder.is_dir() else ():
                if path.name != name:
                    path.unlink(missing_ok=True)

    def _blocks(self, name: str) -> Iterator[bytes]:
        path = self._folder / name
        with disk_errors(path, "a file that came cannot be read"), path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block

    def _unpacked(self, name: str) -> Iterator[bytes]:
        inflate, came, gone = zlib.decompressobj(wbits=_GZIP_WBITS), 0, 0
        for packed in self._blocks(name):
            came += len(packed)
            while packed and not inflate.eof:
                try:
                    block = inflate.decompress(packed, BLOCK)
                except zlib.error as error:
                    raise WireError("proto.encoding", f"broken gzip: {error}") from error
                gone, packed = gone + len(block), inflate.unconsumed_tail
                if gone > min(MAX_UNPACKED, MAX_RATIO * max(came, 1024)):
                    raise WireError("proto.encoding", "a gzip bomb")
                yield block
            if inflate.eof and (packed or inflate.unused_data):
                raise WireError("proto.encoding", "broken gzip: it does not end where the file ends")
        if not inflate.eof:
            raise WireError("proto.encoding", "broken gzip: the end is missing")


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise WireError("proto.encoding", f"not UTF-8: {error.reason}") from error
