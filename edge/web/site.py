"""What the page is made of: views, which show something, and actions, which do something.

Each stands in one table and has one reader or actor; `app` makes of it a page for people, a route of the HTTP API that
answers the same as JSON, and a part of its OpenAPI description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from edge.model.account import Role
from edge.web.forms import Form

API = "/api"
EVERYBODY = frozenset(Role)
TECHNICIAN = frozenset({Role.TECHNICIAN})


class Shown(BaseModel):
    """What a view shows: its template and the API get the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who looks, and at what."""

    account: Role
    language: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """A page: `template` is pages/{name}.html, and its title the word `{name}.title`."""

    name: str
    path: str
    model: type[Shown]
    read: Callable[[Asking], Shown]
    roles: frozenset[Role] = EVERYBODY
    in_menu: bool = True

    @property
    def api_path(self) -> str:
        return f"{API}/{self.name}" if self.path == "/" else f"{API}{self.path}"


class End(StrEnum):
    """How an action ended. RUNNING: it goes on, and its `cid` tells how."""

    DONE = "done"
    RUNNING = "running"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to an action: a sentence by its key. `field`: which one is wrong. `to`: the page that shows it.

    `detail`: what terminal or device said themselves, in English, for whoever is asked about it.
    """

    end: End
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    field: str = ""
    to: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done just now, told once by the next page."""

    end: End
    sentence: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something. `cid` was made with the form: sent twice, it is done once. `session`: the browser's."""

    account: Role
    language: str
    cid: str
    session: str


@dataclass(frozen=True, slots=True)
class Action:
    """A form or a button on the view at `view`."""

    path: str
    view: str
    form: type[Form]
    act: Callable[[Any, Doing], Told]
    roles: frozenset[Role] = EVERYBODY


@dataclass(frozen=True, slots=True)
class Site:
    """In the order of the navigation."""

    views: tuple[View, ...]
    actions: tuple[Action, ...]

    def view(self, path: str) -> View:
        return next(view for view in self.views if view.path == path)
