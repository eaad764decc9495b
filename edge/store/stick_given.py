"""A file of a stick, fetched as if somebody had brought it with a form: then the stick may be pulled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from edge.errors import StickRefused
from edge.model.stick import Stick
from edge.store.given import Given
from edge.store.stick_files import blocks_of, stick_files


def fetch(
    sticks: Iterable[Stick], endings: Sequence[str], key: str, given: Given, most: int, *, empty: str
) -> Path:  # fmt: skip
    """Where the one of this key is, whole; `empty`: the code for one with nothing in it. Raises StickRefused,
    BackupRefused, StoreError: then nothing of it stays.
    """
    file = next((one for one in stick_files(sticks, endings) if one.key == key), None)
    if file is None or not file.octets:
        raise StickRefused("stick_file" if file is None else empty)
    try:
        for block in blocks_of(file, most):
            given.write(block)
        given.close()
    except BaseException:
        given.drop()
        raise
    return given.path
