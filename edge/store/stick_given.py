"""A file of a stick, fetched as if somebody had brought it with a form: then the stick may be pulled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge.errors import StickRefused
from edge.model.stick import Stick
from edge.store.given import Given
from edge.store.stick_files import blocks_of, stick_files


def fetch(sticks: Iterable[Stick], endings: Sequence[str], key: str, given: Given, most: int) -> None:
    """The one of this key, whole. Raises StickRefused, BackupRefused, StoreError: then nothing of it stays."""
    file = next((one for one in stick_files(sticks, endings) if one.key == key), None)
    if file is None or not file.octets:
        raise StickRefused("stick_file")
    try:
        for block in blocks_of(file, most):
            given.write(block)
        given.close()
    except BaseException:
        given.drop()
        raise
