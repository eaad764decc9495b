"""The menu: which pages stand together, under which heading, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edge.model.account import Role
from edge.web.site import Site, View

GROUPS = {
    "today": ("overview", "live", "reports", "shifts"),
    "shop": ("prices", "promotions", "tabs", "parcels", "receipt", "cards"),
    "devices": ("devices", "cells", "network", "time", "cloud"),
    "system": ("setup", "settings", "update", "commands", "logs", "backup", "export", "leaves"),
    "people": ("users", "password"),
}
"""Names of views; the heading is the word `nav.{group}`."""


@dataclass(frozen=True, slots=True)
class Group:
    """`name` is empty for pages that stand in no group."""

    name: str
    views: tuple[View, ...]


def menu(site: Site | None, account: Role | None) -> Iterator[Group]:
    """What whoever is logged in may open; a group of which that is nothing is left out."""
    views = [view for view in site.views if account in view.roles and view.in_menu] if site is not None else []
    known = {view.name: view for view in views}
    grouped = {name for names in GROUPS.values() for name in names}
    groups = [Group(group, tuple(known[name] for name in names if name in known)) for group, names in GROUPS.items()]
    groups.append(Group("", tuple(view for view in views if view.name not in grouped)))
    return (group for group in groups if group.views)
