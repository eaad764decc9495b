"""Which terminals are meant: `tag=pilot and app<2.0`, or `all`.

    term    key op value            joined by `and`; a value with blanks stands in "quotes"
    key     tag, store, tid, hw     = and !=
            app                     = != < <= > >=, as versions: 2.9 < 2.10, 2.0-rc1 < 2.0, +… does not count
            cat, cfg                the same, as numbers

What is not known of a terminal fits no term.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from operator import eq, ge, gt, le, lt, ne
from types import MappingProxyType
from typing import Any

from edge.errors import SettingsError
from edge.reference_cloud.registry import Terminal

ALL = "all"
MAX_TERMS = 16

_Version = tuple[tuple[int, ...], int, str]
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {"<=": le, ">=": ge, "!=": ne, "=": eq, "<": lt, ">": gt}
)
_TERM = re.compile(r'([a-z]+)\s*(<=|>=|!=|=|<|>)\s*("[^"]*"|[^\s"<>=!]+)')
_NAMES, _NUMBERS = frozenset({"tag", "store", "tid", "hw"}), frozenset({"cat", "cfg"})
_KEYS = ("tag", "store", "tid", "hw", "app", "cat", "cfg")
_PARTS = 4
"""Of a version: 2.0 is 2.0.0.0."""


@dataclass(frozen=True, slots=True)
class Term:
    key: str
    op: str
    value: str

    def fits(self, terminal: Terminal) -> bool:
        if self.key == "tag":
            return (self.value in terminal.tags) is (self.op == "=")
        known, wanted = self._of(terminal), self._read(self.value)
        return known is not None and _OPERATORS[self.op](known, wanted)

    def _of(self, terminal: Terminal) -> Any:
        match self.key:
            case "app":
                return version(terminal.app)
            case "cat":
                return terminal.catalogue
            case "cfg":
                return terminal.config
        return getattr(terminal, self.key) or None

    def _read(self, text: str) -> Any:
        return version(text) if self.key == "app" else int(text) if self.key in _NUMBERS else text


@dataclass(frozen=True, slots=True)
class Selector:
    text: str
    terms: tuple[Term, ...]

    def fits(self, terminal: Terminal) -> bool:
        return all(term.fits(terminal) for term in self.terms)


def read_selector(text: str) -> Selector:
    """Raises SettingsError that names the character."""
    if text.strip() == ALL:
        return Selector(ALL, ())
    terms: list[Term] = []
    position = 0
    while True:
        position += len(text[position:]) - len(text[position:].lstrip())
        found = _TERM.match(text, position)
        if found is None or len(terms) == MAX_TERMS:
            raise _wrong(text, position, f"a term such as tag=pilot, at most {MAX_TERMS} of them, or {ALL}")
        terms.append(_checked(text, position, *found.groups()))
        position = found.end()
        joined = re.compile(r"\s*(?:(and)\s+|$)").match(text, position)
        if joined is None:
            raise _wrong(text, position, "and, or the end")
        if joined[1] is None:
            return Selector(" and ".join(f"{term.key}{term.op}{term.value}" for term in terms), tuple(terms))
        position = joined.end()


def version(text: str) -> _Version | None:
    """A version as it is counted; None for what is none."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9}){0,3})(?:-([0-9A-Za-z.-]+))?(?:\+.*)?", text)
    if found is None:
        return None
    numbers = (int(part) for part in found[1].split("."))
    padded = tuple(number for number, _ in zip_longest(numbers, range(_PARTS), fillvalue=0))
    return padded, found[2] is None, found[2] or ""


def _checked(text: str, position: int, key: str, op: str, value: str) -> Term:
    value = value.strip('"')
    if key not in _KEYS:
        raise _wrong(text, position, " or ".join(_KEYS))
    if key in _NAMES and op not in ("=", "!="):
        raise _wrong(text, position, f"{key} = or !=: it has no more and less")
    if key in _NUMBERS and not re.fullmatch(r"\d{1,15}", value):
        raise _wrong(text, position, f"{key}{op} and a number")
    if key == "app" and version(value) is None:
        raise _wrong(text, position, f"app{op} and a version, such as 2.14.0")
    return Term(key, op, value)


def _wrong(text: str, position: int, expected: str) -> SettingsError:
    return SettingsError(
        "nobody knows which terminals these are", where=f"--select, character {position + 1}", expected=expected,
        got=text[position : position + 40] or "nothing",
    )  # fmt: skip
