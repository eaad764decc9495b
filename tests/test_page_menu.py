"""The menu: each page stands under one heading, and nobody sees a heading of pages that are not theirs."""

from __future__ import annotations

from own_page_bench import served, with_password

from edge.model.account import Role
from edge.web.menu import GROUPS, menu
from edge.web.site import Asking, Shown, Site, View


def read(asking: Asking) -> Shown:
    return Shown()


def test_each_page_of_the_menu_stands_under_one_heading() -> None:
    names = [name for group in GROUPS.values() for name in group]
    assert len(names) == len(set(names))
    with served(with_password(*Role)) as browser:
        for role in Role:
            browser.log_in(account=role.value)
            text = browser.get("/").text
            listed = text[text.index("<nav ") : text.index("</nav>")]
            assert "<section><ul>" not in listed and listed.count("<h2") >= 4, role


def test_a_heading_without_pages_is_left_out_and_a_page_without_heading_comes_last() -> None:
    owner = frozenset({Role.OWNER})
    views = (View("strange", "/strange", Shown, read), View("tabs", "/tabs", Shown, read, owner),
             View("overview", "/", Shown, read), View("teach", "/teach", Shown, read, in_menu=False))  # fmt: skip
    site = Site(views, ())
    shown = [(group.name, [view.name for view in group.views]) for group in menu(site, Role.TECHNICIAN)]
    assert shown == [("today", ["overview"]), ("", ["strange"])]
    assert [group.name for group in menu(site, Role.OWNER)] == ["today", "shop", ""]
    assert list(menu(None, None)) == []
