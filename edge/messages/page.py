"""What the terminal's own page asks of the dispatcher, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PageOrder:
    """A command that somebody gave at the page: stored by its cid and answered as one of the cloud is (P13).

    `by` is the account. The page makes the cid with the form, so that a form that is sent twice is one command; it is a
    UUIDv7, which the page has looked at: the ledger would keep any text. `mark`: of what was typed, so that an old form
    with other words in it is not taken for the order that was given by it.
    """

    cid: str
    type: str
    args: Mapping[str, Any] = field(repr=False)
    """May hold the hash of a password: in no text of it."""
    by: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """An effect: how the command `cid` stands: state, err (code, msg) and out, as `up/res` has them."""

    cid: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """A wrong password at the page. `source` is the address it came from. `account`: None for a name that is none,
    which is written nowhere: it may be a password, typed into the wrong field.
    """

    account: str | None
    source: str
