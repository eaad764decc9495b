"""`edge offers import`: what suppliers ask for goods, from a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from edge.codec.supplier_offer_csv import MAX_OCTETS, read_offers
from edge.config import load_settings
from edge.devices import load_driver
from edge.errors import SettingsError
from edge.shop_files import shop_platforms
from edge.store.catalogue import CatalogueFile
from edge.store.ledger import import_offers, latest_catalogue
from edge.terminal_folder import LEDGER_FILE

LISTED_MAX = 20


def import_supplier_offers(config: str, csv: str) -> int:
    """A wrong line refuses the whole file, and nothing changes. A running terminal uses it from the next slip on."""
    settings = load_settings(Path(config), load_driver)
    suppliers = shop_platforms(settings).suppliers
    try:
        with Path(csv).open("rb") as file:
            octets = file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise SettingsError(f"the offers cannot be read: {error.strerror}", where=csv) from error
    offers = read_offers(octets, name=csv, suppliers=suppliers)
    version = import_offers(settings.terminal.data_dir / LEDGER_FILE, offers)
    print(f"{len(offers)} offers, file {version}, used from the next suggestion slip on")
    unknown = _unknown(settings.terminal.data_dir, sorted({offer.sku for offer in offers}))
    if unknown:
        more = ", …" if len(unknown) > LISTED_MAX else ""
        print(f"{len(unknown)} of them not in the catalogue: {', '.join(unknown[:LISTED_MAX])}{more}")
    return 0


def _unknown(data_dir: Path, skus: Sequence[str]) -> list[str]:
    """Nothing before a catalogue was imported."""
    name = latest_catalogue(data_dir / LEDGER_FILE)
    if name is None:
        return []
    with closing(CatalogueFile.open(data_dir / name)) as catalogue:
        return [sku for sku in skus if catalogue.by_sku(sku) is None and catalogue.by_gtin(sku) is None]
