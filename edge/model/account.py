"""An account of the terminal's page: what it may do, and whether its password is still the one that was printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MIN_PASSWORD = 8
"""Characters of a password that a person chooses; a lock-out stands before it (contract C35)."""
MAX_PASSWORD = 64


class Role(StrEnum):
    """An account's name is its role: a shop has one owner and one technician who have passwords here."""

    TECHNICIAN = "technician"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Account:
    """`hash`: Argon2id. `printed`: of a PIN that stands on a slip, and is good for choosing a password."""

    role: Role
    hash: str
    printed: bool
    made_at: str = ""
    """ISO 8601; empty: not known."""


def is_own(document: object) -> bool:
    """Whether a person chose the password of this document of `accounts`."""
    return isinstance(document, Mapping) and document.get("own") is True


def was_ever_own(document: object) -> bool:
    """Whether a person has ever chosen a password of this account."""
    return is_own(document) or (isinstance(document, Mapping) and document.get("ever_own") is True)


def read_account(name: str, document: object) -> Account | None:
    """From the collection `accounts`; None for what is no account."""
    if name not in tuple(Role) or not isinstance(document, Mapping) or not isinstance(document.get("hash"), str):
        return None
    made_at = document.get("made_at")
    return Account(Role(name), str(document["hash"]), not is_own(document), made_at if isinstance(made_at, str) else "")


def names_the_box(password: str, tid: str) -> bool:
    """Whether somebody who stands before the box could read this password off it."""
    return "".join(filter(str.isalnum, password)).casefold() == tid.casefold()
