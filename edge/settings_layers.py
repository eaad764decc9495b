"""The settings that a start goes by: the shop's file, and above it what the cloud has set (decisions 2)."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from edge.config import LoadDriver, Settings, load_settings
from edge.errors import SettingsError
from edge.store.config_book import kept_before_start

_log = logging.getLogger("edge")


def effective_settings(path: Path, load_driver: LoadDriver | None = None, *, without: str = "") -> Settings:
    """Raises SettingsError for a file that is wrong by itself. What the cloud set and cannot be used is left out, and
    the settings say so. `without`: why its newest is not tried once more.
    """
    alone = load_settings(path, load_driver)
    kept = kept_before_start(alone.terminal.data_dir / "documents")
    refused = without
    for layer in (None if without else kept.running, kept.active):
        if layer is None:
            continue
        try:
            return replace(load_settings(path, load_driver, layer), layer_refused=refused)
        except SettingsError as error:
            _log.error("the cloud's settings %d are left out: %s", layer.version, error)
            refused = refused or str(error)
    return replace(alone, layer_refused=refused)
