"""`edge offers import`: what suppliers ask for goods, from a CSV file."""

from __future__ import annotations

from pathlib import Path

from edge.codec.supplier_offer_csv import MAX_OCTETS, read_offers
from edge.config import load_settings
from edge.devices import load_driver
from edge.errors import SettingsError
from edge.shop_files import shop_platforms
from edge.store.ledger import import_offers
from edge.terminal_folder import LEDGER_FILE


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
    return 0
