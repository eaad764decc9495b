"""What the page saves to a USB stick, wired: the backup that was made, the shop's tables, the file for who helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from edge.bus import Bus
from edge.config import Settings
from edge.errors import StickRefused, StoreError
from edge.model.backup import MadeBackup
from edge.model.stick import Saved, Stick
from edge.outside import Outside
from edge.services.commands import CarryOut
from edge.services.stick_saving import StickSaving
from edge.store.durability import disk_errors
from edge.store.stick_files import save_file, save_folder, stick_files
from edge.web import backup, bundle, export
from edge.web.downloads import blocks
from edge.web.shop_facts import ShopFacts
from edge.web.sticks import StickFacts


class OwnSticks:
    """`made`: the backup that the box keeps; `bundled`: makes the file for whoever helps, and tells where it is.
    `shop`: what the tables are read from, None before the terminal runs. `run`: on a thread that reads sticks alone.
    """

    def __init__(
        self, settings: Settings, bus: Bus, outside: Outside, *, made: Callable[[], MadeBackup | None],
        bundled: Callable[[], Path], run: Callable[[str, Callable[[], object]], bool],
    ) -> None:  # fmt: skip
        self._tid = settings.terminal.tid
        self._outside = outside
        self._made = made
        self._bundled = bundled
        self.shop: ShopFacts | None = None
        ways = {backup.TO_STICK: self._backup, export.TO_STICK: self._export, bundle.TO_STICK: self._bundle}
        self._saving = StickSaving(bus, ways, run=run)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return self._saving.orders

    def facts(self) -> StickFacts:
        sticks = self._outside.sticks
        return StickFacts(sticks, lambda endings: stick_files(sticks(), endings), self._saving.state)

    def _backup(self, args: Mapping[str, Any]) -> Saved:
        made, stick = self._made(), self._stick(args)
        if made is None:
            raise StoreError("the backup is kept no longer", cure="Make another one.")
        return self._file(stick, Path(made.path).name, Path(made.path))

    def _bundle(self, args: Mapping[str, Any]) -> Saved:
        stick = self._stick(args)
        return self._file(stick, f"{self._dated('bundle')}.zip", self._bundled())

    def _export(self, args: Mapping[str, Any]) -> Saved:
        stick = self._stick(args)
        assert self.shop is not None
        tables = export.export_tables(self.shop, args["first"], args["last"], str(args["language"]))
        return self._saved(stick, save_folder(stick, self._dated("tables"), tables))

    def _file(self, stick: Stick, name: str, path: Path) -> Saved:
        with disk_errors(path, "what is to be saved cannot be read"):
            octets = path.stat().st_size
        if octets > stick.free:
            raise StickRefused("stick_full", where=stick.label)
        return self._saved(stick, save_file(stick, name, blocks(path)))

    def _dated(self, what: str) -> str:
        """As a person looks for it: T7K3M9Q2-tables-20261127-1731, by the shop's clock."""
        assert self.shop is not None
        return f"{self._tid}-{what}-{self.shop.local():%Y%m%d-%H%M}"

    def _stick(self, args: Mapping[str, Any]) -> Stick:
        found = next((one for one in self._outside.sticks() if one.key == args["stick"]), None)
        if found is None:
            raise StickRefused("stick_gone")
        return found

    def _saved(self, stick: Stick, name: str) -> Saved:
        return Saved(stick.key, stick.label, name)
