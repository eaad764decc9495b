"""`edge members`: a new key for members' pseudonyms, while the terminal does not run (product row 90)."""

from __future__ import annotations

from pathlib import Path
from random import SystemRandom

from edge.config import load_settings
from edge.devices import load_driver
from edge.errors import SettingsError
from edge.outside import Outside
from edge.store.member_keys import renew_member_key
from edge.store.station_key import STATION
from edge.terminal_folder import open_terminal_folder


def renew_key(config: str) -> int:
    """The old keys stay in the shop's folder: tabs go on. Raises SettingsError while the terminal runs."""
    settings = load_settings(Path(config), load_driver)
    try:
        folder = open_terminal_folder(settings.terminal.data_dir, Outside())
    except SettingsError as error:
        raise SettingsError(error.what, where=error.where, cure="Stop the terminal first.") from error
    try:
        keys = renew_member_key(folder.documents.collection(STATION), SystemRandom())
    finally:
        folder.ledger.close(clean=folder.ledger.clean or folder.ledger.fresh)
        folder.lock.release()
    print(f"members have new pseudonyms from now on; {len(keys) - 1} former keys are kept for their tabs")
    return 0
