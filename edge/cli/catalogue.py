"""`edge catalogue import`: build a catalogue from a CSV file and name it as the next one."""

from __future__ import annotations

from pathlib import Path

from edge.config import load_settings
from edge.devices import load_driver
from edge.store.catalogue_build import import_csv
from edge.store.ledger import name_next_catalogue
from edge.terminal_folder import LEDGER_FILE


def import_catalogue(config: str, csv: str) -> int:
    """A wrong line refuses the whole file, and nothing changes. A running terminal takes it up between sales."""
    settings = load_settings(Path(config), load_driver)
    data_dir = settings.terminal.data_dir
    built = import_csv(data_dir, Path(csv))
    name_next_catalogue(data_dir / LEDGER_FILE, built.path.name)
    print(f"{built.items} goods in {built.path.name}, active from the next sale on")
    return 0
