"""What the page is made of: views, which show something, actions, which do something, and downloads.

Each stands in one table and has one reader or actor; `app` makes of it a page for people, a route of the HTTP API that
answers the same as JSON, and a part of its OpenAPI description.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from edge.model.account import Role
from edge.web.forms import Form

API = "/api"
EVERYBODY = frozenset(Role)
TECHNICIAN = frozenset({Role.TECHNICIAN})
OWNER = frozenset({Role.OWNER})
"""Money of persons, told in the clear: nothing for whoever mends the box. A backup, which they need, is sealed."""


class Shown(BaseModel):
    """What a view shows: its template and the API get the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who looks, and at what."""

    account: Role
    language: str
    query: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    """The address of this box at which it was asked, as "http://192.168.1.7:8081"."""


@dataclass(frozen=True, slots=True)
class View:
    """A page: `template` is pages/{name}.html, and its title the word `{name}.title`.

    `holds`: there are forms of other pages on it, and whoever sends one comes back to it.
    """

    name: str
    path: str
    model: type[Shown]
    read: Callable[[Asking], Shown]
    roles: frozenset[Role] = EVERYBODY
    in_menu: bool = True
    holds: bool = False

    @property
    def api_path(self) -> str:
        return f"{API}/{self.name}" if self.path == "/" else f"{API}{self.path}"


class End(StrEnum):
    """How an action ended. RUNNING: it goes on, and its `cid` tells how."""

    DONE = "done"
    RUNNING = "running"
    REFUSED = "refused"


class Word(str):
    """A value of a sentence that is a word of the page itself, by its key."""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to an action: a sentence by its key. `field`: which one is wrong. `to`: the page that shows it.

    `detail`: what terminal or device said themselves, in English, for whoever is asked about it. `stays`: no field is
    wrong, and the form is shown once more with what was typed.
    """

    end: End
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    field: str = ""
    to: str = ""
    detail: str = ""
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done just now, told once by the next page. `place`: the id of the part of it that the form stood in, as
    far as the form said so.
    """

    end: End
    sentence: str
    detail: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something. `cid` was made with the form: sent twice, it is done once. `session`: the browser's."""

    account: Role
    language: str
    cid: str
    session: str
    given: str = ""
    """Where the file lies that came with the form; the actor removes it."""
    at: str = ""
    """As of `Asking`."""
    mark: str = ""
    """Of what was typed, but for passwords; see `messages.PageOrder`."""


class Sink(Protocol):
    """A file as it comes. Raises BackupRefused and StoreError."""

    @property
    def path(self) -> Path: ...
    def write(self, octets: bytes) -> None: ...
    def close(self) -> None: ...
    def drop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Action:
    """A form or a button on the view at `view`. `keeps`: its form brings a file `file`; by the cid, where it goes."""

    path: str
    view: str
    form: type[Form]
    act: Callable[[Any, Doing], Told]
    roles: frozenset[Role] = EVERYBODY
    keeps: Callable[[str], Sink] | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """`octets` yields them as they are sent, so that nothing whole is in memory. `length`: None: nobody knows yet.
    `name`: under which a browser keeps it; empty: it is shown.
    """

    media_type: str
    octets: Iterator[bytes]
    name: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A picture, a table for a spreadsheet, a file: what a view shows beside itself. HTTPException: there is none."""

    path: str
    find: Callable[[Asking], Handed]
    roles: frozenset[Role] = EVERYBODY


@dataclass(frozen=True, slots=True)
class Site:
    """Views in the order of the navigation."""

    views: tuple[View, ...]
    actions: tuple[Action, ...]
    downloads: tuple[Download, ...] = ()

    def view(self, path: str) -> View:
        return next(view for view in self.views if view.path == path)
