"""What lies in a terminal's folder, and which of it is the shop's: that goes into a backup and comes out of one.

Not the shop's are `keys` (who this box is: made here, never leaves it), logs, ballast, and what is on its way.
"""

from __future__ import annotations

import re

LEDGER_FILE = "ledger.db"
DOCUMENTS = "documents"
KEYS = "keys"
ASIDE = "aside"
LOCK = "terminal.lock"
CATALOGUE = re.compile(r"catalogue-\d{1,9}\.db")
DOCUMENT = re.compile(r"documents/[a-z]{1,32}\.json")
SETTINGS_FOLDER = "settings"
_LONGEST = 80
SETTING = re.compile(r"settings/(?!\.{1,2}\Z)[\w.-]{1,80}")
"""The settings file and what it names, for a person to look at: a terminal never writes its own."""
MAX_FILES = 64
"""In one backup."""
BACKUP = "backup"
RESTORE = "restore"
GOODS = "goods"
"""Files of goods that somebody brought to the page, until they were kept."""
TEMPLATE = "template"
"""Of templates, until they were read."""


def belongs(name: str) -> bool:
    """Whether a backup may hold a file of this name."""
    return name == LEDGER_FILE or any(one.fullmatch(name) for one in (CATALOGUE, DOCUMENT, SETTING))


def setting_name(name: str) -> str:
    """What a file of settings is called in a backup, which knows fewer letters than a disk."""
    known = re.sub(r"[^\w.-]", "-", name)[-_LONGEST:].strip(".")
    return f"{SETTINGS_FOLDER}/{known or 'unnamed'}"
