"""A TOML file that can say on which line a table or a key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

from edge.errors import SettingsError

MAX_OCTETS = 256 * 1024
"""A shop's settings are 2 KiB; more is another file, given by mistake."""

_TOKEN = re.compile(
    r'''
      (?P<blank>   [ \t\r]+ | \#[^\n]* )
    | (?P<newline> \n )
    | (?P<text>    """ (?: \\. | [^\\] )*? """ "{0,2} | \'\'\' .*? \'\'\' \'{0,2}
                 | " (?: \\. | [^"\\\n] )* " | \' [^\'\n]* \' )
    | (?P<mark>    [\[\]{}=.,] )
    | (?P<bare>    [^\s\[\]{}=.,\#"\']+ | . )
    ''',
    re.VERBOSE | re.DOTALL,
)
_TWICE = re.compile(r"Cannot declare \((.*)\) twice")
_QUOTED = r"""['"]([^'"]*)['"]"""
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


class TomlFile:
    """`tables` is the parsed document. Build with `TomlFile.read`, or from text that is already there."""

    def __init__(self, name: str, text: str) -> None:
        """Raises SettingsError with the line of a syntax error. `name` is how messages call the file."""
        self.name = name
        self.tables = _parse(name, text)
        self._lines = dict(_key_lines(text))
        self._layered: dict[tuple[str, ...], str] = {}

    @classmethod
    def read(cls, path: Path) -> TomlFile:
        """Raises SettingsError: no such file, unreadable, too large, not UTF-8, not TOML."""
        try:
            with path.open("rb") as file:
                octets = file.read(MAX_OCTETS + 1)
        except OSError as error:
            raise SettingsError(
                f"the file cannot be read: {error.strerror}", where=str(path), cure="Is the path right?"
            ) from error
        if len(octets) > MAX_OCTETS:
            raise SettingsError("the file is too large", where=str(path), expected=f"at most {MAX_OCTETS // 1024} KiB")
        try:
            # Windows' Notepad puts a byte order mark in front, which TOML does not know.
            return cls(str(path), octets.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = octets.count(b"\n", 0, error.start) + 1
            raise SettingsError(
                "the text is not UTF-8", where=f"{path} line {line}", got=f"byte 0x{octets[error.start]:02X}",
                cure="Save the file as UTF-8.",
            ) from error  # fmt: skip

    def over(self, layer: Mapping[str, Any], *, name: str) -> TomlFile:
        """This file with the tables of `layer` above its own, key by key; `name` is where those come from."""
        file = copy(self)
        file.tables = _merged(self.tables, layer)
        file._layered = self._layered | dict.fromkeys(_paths(layer), name)
        return file

    def instead(self, table: str, inner: Mapping[str, Any], *, name: str) -> TomlFile:
        """This file with each of these tables in `table`, whole, in place of its own; None: it is taken out."""
        file = copy(self)
        kept = self.tables.get(table, {})
        if not isinstance(kept, Mapping):
            return file  # what it is instead is told when it is read
        given = {key: value for key, value in inner.items() if value is not None}
        file.tables = {**self.tables, table: {key: value for key, value in kept.items() if key not in inner} | given}
        gone = {(table, key) for key in inner}
        file._lines = {path: line for path, line in self._lines.items() if path[:2] not in gone}
        file._layered = {path: of for path, of in self._layered.items() if path[:2] not in gone}
        for key, value in given.items():
            whole = {(table, key)} | set(_paths({table: {key: value}}))
            file._layered |= dict.fromkeys(whole, name)
        return file

    def where(self, keys: Sequence[str | int]) -> str:
        """ "shop.toml line 7" of a table or a key, of the nearest table above it where it is not in the file."""
        wanted = tuple(map(str, keys))
        for end in range(len(wanted), 0, -1):
            if wanted[:end] in self._layered:
                return self._layered[wanted[:end]]
            if wanted[:end] in self._lines:
                return f"{self.name} line {self._lines[wanted[:end]]}"
        return self.name

    def has(self, keys: Sequence[str | int]) -> bool:
        """Whether this very table or key stands in the file."""
        path = tuple(map(str, keys))
        return path in self._lines or path in self._layered


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged, values replaced."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        is_table = isinstance(value, Mapping) and isinstance(under, Mapping)
        merged[key] = _merged(under or {}, value) if is_table else value
    return merged


def _paths(tables: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Of each value, and of no table: a table of the file keeps its own line."""
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from _paths(value, (*above, key))
        else:
            yield (*above, key)


def _parse(name: str, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise SettingsError("brackets are nested too deeply", where=name) from error
    except ValueError as error:
        what = str(error)
        place = _PLACE.search(what)
        where = name
        if place and place[1]:
            where = f"{name} line {place[1]} column {place[2]}"
        elif place:
            where = f"{name} line {text.count(chr(10)) + 1}"
        raise SettingsError(_plainly(_PLACE.sub("", what)), where=where) from error


def _plainly(what: str) -> str:
    """The parser's complaint for a person."""
    twice = _TWICE.fullmatch(what)
    if twice is None:
        return f"this is not TOML: {what}"
    return f"[{'.'.join(re.findall(_QUOTED, twice[1]))}] stands there twice"


def _key_lines(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """(path, line) of each table and key, of each path its first line. `text` is valid TOML."""
    seen: set[tuple[str, ...]] = set()
    table: tuple[str, ...] = ()
    entries: dict[tuple[str, ...], int] = {}
    for line, statement in _statements(text):
        if statement[0] == "[":
            path = _path(statement[1:])
            if statement[1] == "[":
                path = _path(statement[2:])
                entries[path] = entries.get(path, -1) + 1
                path = (*path, str(entries[path]))
            table = path
        else:
            path = (*table, *_path(statement))
        for end in range(1, len(path) + 1):
            if path[:end] not in seen:
                seen.add(path[:end])
                yield path[:end], line


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, tokens) of each table header and each key with its value; values may go over several lines."""
    line, first_line, depth = 1, 1, 0
    tokens: list[str] = []
    for match in _TOKEN.finditer(text + "\n"):
        token = match.group()
        if match.lastgroup == "newline" and depth == 0 and tokens:
            yield first_line, tokens
            tokens = []
        elif match.lastgroup not in ("newline", "blank"):
            first_line = first_line if tokens else line
            tokens.append(token)
            depth += (token in ("[", "{")) - (token in ("]", "}"))
        line += token.count("\n")


def _path(tokens: Sequence[str]) -> tuple[str, ...]:
    """The keys up to "=" or "]", quotes removed."""
    keys = []
    for token in tokens:
        if token in ("=", "]"):
            break
        if token != ".":
            keys.append(str(tomllib.loads(f"key = {token}")["key"]) if token[0] in "\"'" else token)
    return tuple(keys)
