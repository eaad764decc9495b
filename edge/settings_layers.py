"""The settings that a start goes by: the shop's file, and the layers of cloud and page above it (decisions 2)."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from edge.config import LoadDriver, Settings, load_settings
from edge.errors import SettingsError
from edge.model.configuration import KeptConfig, Layer
from edge.store.config_book import CLOUD, PAGE, kept_before_start

_log = logging.getLogger("edge")


def effective_settings(
    path: Path, load_driver: LoadDriver | None = None, *, without: str = "", doubt: str = ""
) -> Settings:  # fmt: skip
    """Raises SettingsError for a file that is wrong by itself. A layer that cannot be used is left out, and the
    settings say so. `without`: why what is on trial is not tried once more; `doubt`: why not, if anything is.
    """
    alone = load_settings(path, load_driver)
    documents = alone.terminal.data_dir / "documents"
    cloud, page = kept_before_start(documents, CLOUD), kept_before_start(documents, PAGE)
    refused = without or (doubt if cloud.staged is not None or page.staged is not None else "")
    for layer, own in _candidates(cloud, page, tried=bool(refused)):
        if layer is None and own is None:
            break
        try:
            return replace(load_settings(path, load_driver, layer, own), layer_refused=refused)
        except SettingsError as error:
            _log.error("settings %s are left out: %s", _named(layer, own), error)
            refused = refused or str(error)
    return replace(alone, layer_refused=refused)


def _candidates(
    cloud: KeptConfig, page: KeptConfig, *, tried: bool
) -> list[tuple[Layer | None, Layer | None]]:  # fmt: skip
    """What may be gone by, the newest first; what is on trial gives way before what was in force."""
    found = [(cloud.active, page.active), (cloud.active, None), (None, page.active)]
    if not tried:
        found = [(cloud.running, page.running), (cloud.running, page.active), (cloud.active, page.running), *found]
    return [pair for at, pair in enumerate(found) if pair not in found[:at]]


def _named(layer: Layer | None, own: Layer | None) -> str:
    return " and ".join(
        f"{one.version} of the {whose}" for one, whose in ((layer, "cloud"), (own, "page")) if one is not None
    )
