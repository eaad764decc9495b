"""Addresses with passwords, in a file: what stands in arguments, everybody on the machine sees by `ps`."""

from __future__ import annotations

from pathlib import Path

from edge.errors import SettingsError


def addresses_in(path: Path, *, where: str) -> list[str]:
    """One a line, at least one. `where`: the option that named the file. Raises SettingsError."""
    try:
        lines = path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise SettingsError(f"the file cannot be read: {error.strerror}", where=where, got=str(path)) from error
    except UnicodeDecodeError as error:
        raise SettingsError("this is no text", where=where, expected="one address a line", got=str(path)) from error
    if not lines:
        raise SettingsError("no address stands in the file", where=where, got=str(path))
    return lines


def address_in(path: Path, *, where: str) -> str:
    """The only one. Raises SettingsError."""
    found = addresses_in(path, where=where)
    if len(found) > 1:
        raise SettingsError("the file holds more than one address", where=where, got=str(path))
    return found[0]
