"""What the pages of the shop's own data read, wired: from the ledger, the catalogue, the documents and the settings."""

from __future__ import annotations

from edge.clock import Clock
from edge.config import Settings
from edge.model.cell_map import CellMap
from edge.own_receipt import ReceiptPreview
from edge.shop_files import ShopFiles
from edge.store.badges import BadgeBook
from edge.store.days_over import DaysOver
from edge.store.goods_list import GoodsList
from edge.store.money_days import MoneyDays
from edge.store.queries import LedgerQueries
from edge.store.sold_days import SoldDays
from edge.store.tab_list import TabList
from edge.terminal_folder import LEDGER_FILE
from edge.web.queue_depth import QueueDepth
from edge.web.shop_facts import ShopFacts


def shop_facts(
    settings: Settings, clock: Clock, files: ShopFiles, wall: CellMap, badges: BadgeBook, depth: QueueDepth
) -> ShopFacts:  # fmt: skip
    own = settings.terminal
    ledger = own.data_dir / LEDGER_FILE
    sold, over, goods = SoldDays(ledger, own.zone), DaysOver(ledger), GoodsList(ledger, own.data_dir)
    tabs, queries, carriers = TabList(ledger), LedgerQueries(ledger), files.platforms.carriers
    receipt = ReceiptPreview(settings)
    return ShopFacts(
        newest_day=sold.newest, sold_days=sold.days, ran_out=sold.ran_out, days_over=over.days,
        shifts_over=over.shifts, waited=depth.kept, goods=goods.find, goods_after=goods.after, item_names=goods.names,
        promotions=lambda: files.offers.every, local=lambda: clock.wall().astimezone(own.zone),
        tabs=tabs.rows, every_tab=tabs.every, owed=tabs.sum, parcels=queries.parcels,
        cells=lambda: list(zip(wall.places, queries.cells(place.id for place in wall.places), strict=True)),
        receipt_lines=lambda: receipt.lines, receipt_picture=receipt.picture,
        receipt_slip=lambda header, footer: receipt.slip(header, footer, clock.wall()),
        badges=badges.all, money_of=MoneyDays(ledger).rows, zone=own.zone,
        carrier_name=lambda carrier, language: carriers.named(carrier).spoken(language),
    )  # fmt: skip
