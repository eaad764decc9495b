"""The shop's own data on the page: its views and its actions, in the order of the menu."""

from __future__ import annotations

from edge.web.cards import card_actions, cards_view
from edge.web.export import export_action, export_downloads, export_view
from edge.web.goods_file import goods_file_actions, goods_file_view
from edge.web.leaves import leaves_view
from edge.web.parcels import parcel_actions, parcels_view
from edge.web.prices import price_actions, prices_view
from edge.web.promotions import promotions_view
from edge.web.receipt import receipt_action, receipt_picture, receipt_view
from edge.web.reports import reports_view
from edge.web.shifts import shifts_action, shifts_view
from edge.web.site import Action, Download, View
from edge.web.sources import PageSources
from edge.web.tabs import tabs_view


def shop_views(sources: PageSources) -> tuple[View, ...]:
    shop = sources.shop
    return (
        reports_view(sources, shop), shifts_view(shop), prices_view(shop), promotions_view(shop), tabs_view(shop),
        parcels_view(shop), receipt_view(sources), cards_view(shop), export_view(sources), leaves_view(),
        goods_file_view(sources),
    )  # fmt: skip


def shop_actions(sources: PageSources) -> tuple[Action, ...]:
    return (
        *price_actions(sources), *parcel_actions(sources), *card_actions(sources), receipt_action(sources),
        shifts_action(sources), *goods_file_actions(sources), export_action(sources),
    )  # fmt: skip


def shop_downloads(sources: PageSources) -> tuple[Download, ...]:
    return (receipt_picture(sources.shop), *export_downloads(sources.shop))
