"""What is in a backup, one file after the other: for who puts it in, and for who made it and reads it back."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from typing import IO

from edge.codec.backup_head import BackupHead
from edge.errors import BackupRefused
from edge.store.sealed_file import Unsealer
from edge.store.shop_folder import MAX_FILES, belongs


def entries(sealed: Unsealer, head: BackupHead) -> Iterator[tuple[str, IO[bytes]]]:
    """(name, content), to the very end. Raises BackupRefused for whatever a backup does not hold."""
    room = head.octets
    try:
        with tarfile.open(fileobj=sealed, mode="r|gz") as archive:  # type: ignore[call-overload]
            for count, entry in enumerate(archive):
                room -= entry.size
                if not entry.isfile() or not belongs(entry.name) or room < 0 or count >= MAX_FILES:
                    raise BackupRefused("broken", where=entry.name[:80])
                content = archive.extractfile(entry)
                assert content is not None
                yield entry.name, content
    except (tarfile.TarError, zlib.error, EOFError, ValueError) as error:
        raise BackupRefused("broken") from error
    sealed.finish()
