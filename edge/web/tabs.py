"""Customers' tabs (赊账): what each owes, and since when. Of a customer there are four signs (product row 43)."""

from __future__ import annotations

from edge.web.paging import cut, page_of
from edge.web.shop_facts import ShopFacts
from edge.web.site import OWNER, Asking, Shown, View

ON_A_PAGE = 30


class TabShown(Shown):
    """`balance_fen` below zero: the shop owes. `since`: when what is owed began. Times as ISO 8601, or empty."""

    mark: str
    balance_fen: int
    limit_fen: int
    since: str
    last: str


class Tabs(Shown):
    """The most that is owed first. `owing` customers owe `owed_fen`; `next`: the page behind this one, 0: none."""

    owing: int
    owed_fen: int
    tabs: tuple[TabShown, ...]
    page: int
    next: int


def tabs_view(shop: ShopFacts) -> View:
    def read(asking: Asking) -> Tabs:
        page, total = page_of(asking.query), shop.owed()
        tabs, after = cut(shop.tabs((page - 1) * ON_A_PAGE, ON_A_PAGE + 1), page, ON_A_PAGE)
        return Tabs(
            owing=total.owing, owed_fen=total.fen, page=page, next=after,
            tabs=tuple(
                TabShown(mark=one.mark, balance_fen=one.balance, limit_fen=one.limit, since=one.since, last=one.last)
                for one in tabs
            ),
        )  # fmt: skip

    return View("tabs", "/tabs", Tabs, read, OWNER)
