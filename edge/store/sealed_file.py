"""Octets ⇄ a file that nobody reads or changes without its password (`codec/backup_head.py` has the picture).

Bounded memory: one chunk, and for a moment what Argon2id takes. The libraries are imported when a backup is made.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from edge.codec.backup_head import (
    CHUNK_OCTETS,
    FIXED_OCTETS,
    TAG_OCTETS,
    BackupHead,
    Kdf,
    head_octets,
    nonce,
    read_head,
    write_head,
)
from edge.errors import BackupRefused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LENGTH_OCTETS = 4
MAX_CHUNKS = 1 << 20
"""64 GiB: far below what one key may encrypt."""


class Sealer:
    """A file object that is only written to. Without `close` there is no last chunk, and the file is none."""

    def __init__(self, file: IO[bytes], head: BackupHead, password: str) -> None:
        self._file = file
        self._head = write_head(head)
        self._prefix = head.prefix
        self._cipher = _cipher(head.kdf, password)
        self._waiting = bytearray()
        self._number = 0
        file.write(self._head)

    def write(self, octets: bytes) -> int:
        self._waiting += octets
        while len(self._waiting) > CHUNK_OCTETS:
            self._seal(bytes(self._waiting[:CHUNK_OCTETS]), is_last=False)
            del self._waiting[:CHUNK_OCTETS]
        return len(octets)

    def close(self) -> None:
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        if self._number >= MAX_CHUNKS:
            raise BackupRefused("too_long")
        sealed = self._cipher.encrypt(nonce(self._prefix, self._number, is_last=is_last), plain, self._head)
        self._number += 1
        self._file.write(len(sealed).to_bytes(LENGTH_OCTETS, "big") + sealed)


def read_sealed_head(file: IO[bytes]) -> tuple[BackupHead, bytes]:
    """What can be known without the password, and the octets of it. Raises BackupRefused."""
    fixed = file.read(FIXED_OCTETS)
    length = head_octets(fixed)
    told = file.read(length)
    if len(told) < length:
        raise BackupRefused("truncated")
    return read_head(told), fixed + told


class Unsealer:
    """A file object that is only read from. Raises BackupRefused for any octet that is not as it was sealed."""

    def __init__(self, file: IO[bytes], password: str) -> None:
        self._file = file
        self.head, self._octets = read_sealed_head(file)
        self._cipher = _cipher(self.head.kdf, password)
        self._ready = bytearray()
        self._number = 0
        self._is_over = False
        # The first chunk shows whether it is the password; of a later one that is wrong the file is to blame.
        self._open_next()

    def read(self, most: int) -> bytes:
        """Up to `most` octets; empty at the end, which was sealed as such."""
        while len(self._ready) < most and not self._is_over:
            self._open_next()
        found = bytes(self._ready[:most])
        del self._ready[:most]
        return found

    def finish(self) -> None:
        """Read on to the end, so that nothing behind what was wanted goes unseen."""
        while not self._is_over:
            self._ready.clear()
            self._open_next()

    def _open_next(self) -> None:
        from cryptography.exceptions import InvalidTag

        sealed = self._next_sealed()
        is_last = not self._file.read(1)
        if not is_last:
            self._file.seek(-1, 1)
        try:
            plain = self._cipher.decrypt(nonce(self.head.prefix, self._number, is_last=is_last), sealed, self._octets)
        except InvalidTag as error:
            raise self._wrong(sealed, is_last=is_last) from error
        self._number += 1
        self._is_over = is_last
        self._ready += plain

    def _wrong(self, sealed: bytes, *, is_last: bool) -> BackupRefused:
        """A file that ends between two chunks opens its last one as any other: it is cut short, not spoilt."""
        if self._opens(sealed, is_last=not is_last):
            return BackupRefused("truncated" if is_last else "broken")
        return BackupRefused("password" if self._number == 0 else "broken")

    def _opens(self, sealed: bytes, *, is_last: bool) -> bool:
        from cryptography.exceptions import InvalidTag

        try:
            self._cipher.decrypt(nonce(self.head.prefix, self._number, is_last=is_last), sealed, self._octets)
        except InvalidTag:
            return False
        return True

    def _next_sealed(self) -> bytes:
        fixed = self._file.read(LENGTH_OCTETS)
        length = int.from_bytes(fixed, "big")
        if len(fixed) < LENGTH_OCTETS:
            raise BackupRefused("truncated")
        if not TAG_OCTETS <= length <= CHUNK_OCTETS + TAG_OCTETS or self._number >= MAX_CHUNKS:
            raise BackupRefused("broken")
        sealed = self._file.read(length)
        if len(sealed) < length:
            raise BackupRefused("truncated")
        return sealed


def _cipher(kdf: Kdf, password: str) -> AESGCM:
    from argon2.low_level import Type, hash_secret_raw
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = hash_secret_raw(
        password.encode(), kdf.salt, time_cost=kdf.passes, memory_cost=kdf.memory_kib, parallelism=kdf.lanes,
        hash_len=32, type=Type.ID,
    )  # fmt: skip
    return AESGCM(key)
