"""What the web application is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge.model.account import Role
from edge.web.login import Gate
from edge.web.look import Look
from edge.web.site import Site


@dataclass(frozen=True, slots=True)
class WebParts:
    """`names`: the hosts under which this box may be asked. `new_id` makes the cid of a form.

    `moment`: the number of the newest happening, from which on a page that is drawn now is to be kept live.
    """

    site: Site
    gate: Gate
    look: Look
    names: Callable[[], frozenset[str]]
    new_id: Callable[[], str]
    moment: Callable[[], int]
    version: str
    tls: bool = False
    home: Callable[[Role], str] = lambda _: "/"
    """Where somebody begins who has logged in."""

    @property
    def cookie(self) -> str:
        """With TLS a name that browsers take from this very host only, and over TLS only (contract C36)."""
        return "__Host-session" if self.tls else "session"
