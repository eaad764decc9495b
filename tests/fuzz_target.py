"""What fuzzing tries: a name, a way to call it, good inputs, and what it may raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.codec import json_text

Read = Callable[[bytes], object]
Open = Callable[[Path], AbstractContextManager[Read]]
"""Takes an empty folder."""


@dataclass(frozen=True, slots=True)
class Target:
    """`name` begins with the module that it tries. What is neither in `allowed` nor silence is a bug.

    It gets one in `share` of the cases; one with a share above 1 is a stand: put up anew every few cases.
    """

    name: str
    open: Open
    corpus: tuple[bytes, ...]
    allowed: tuple[type[Exception], ...] = ()
    share: int = 1

    @property
    def is_stand(self) -> bool:
        return self.share > 1


def of_octets(read: Read) -> Open:
    @contextmanager
    def opened(_: Path) -> Iterator[Read]:
        yield read

    return opened


def of_text(read: Callable[[str], object]) -> Open:
    return of_octets(lambda octets: read(octets.decode("utf-8", "replace")))


def of_json(read: Callable[[Any], object]) -> Open:
    """`read` is called with what a lenient reader makes of the input; nothing of what is no JSON."""

    def parsed(octets: bytes) -> object:
        value = json_text.salvaged(octets)
        return read(value) if value is not None else None

    return of_octets(parsed)
