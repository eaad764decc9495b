"""What was ordered here lately, by the cloud and at the page, and how each order ended."""

from __future__ import annotations

from edge.web.site import TECHNICIAN, Asking, Shown, View
from edge.web.sources import PageSources

NEWEST = 100


class CommandShown(Shown):
    """`by`: who gave it at the page; empty: the cloud. `state` is the last one that is known, `code` why not done."""

    cid: str
    type: str
    state: str
    code: str
    why: str
    by: str
    at: str


class CommandsShown(Shown):
    """Newest first."""

    commands: tuple[CommandShown, ...]


def commands_view(sources: PageSources) -> View:
    def read(_: Asking) -> CommandsShown:
        return CommandsShown(commands=tuple(
            CommandShown(
                cid=one.cid, type=one.type, state=one.state, code=one.code, why=one.why, by=one.given_by, at=one.at
            ) for one in sources.commands(NEWEST)
        ))  # fmt: skip

    return View("commands", "/commands", CommandsShown, read, TECHNICIAN)
