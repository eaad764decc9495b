"""The catalogue's files of a counter bench, as the terminal's folder has them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.services.catalogue import Shelf
from edge.store.aside import set_aside
from edge.store.catalogue import CatalogueFile
from edge.store.catalogue_build import build_delta, catalogue_files, clean


def real_shelf(folder: Path, wall: Callable[[], datetime]) -> Shelf:
    def build(base: str | None, ops: Any, version: int) -> str:
        if base is None:
            return build_delta(folder, None, ops, version=version).path.name
        with closing(CatalogueFile.open(folder / base)) as base_file:
            return build_delta(folder, base_file, ops, version=version).path.name

    return Shelf(
        open=lambda name: CatalogueFile.open(folder / name), build=build,
        set_aside=lambda name: set_aside(folder / name, at=wall(), reason="damaged").name,
        names=lambda: [file.name for file in catalogue_files(folder)],
        clean=lambda name: clean(folder, folder / name),
    )  # fmt: skip
