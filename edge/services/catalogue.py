"""The active catalogue: changes are built beside it and activated between sales (decisions 1, contract P15)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.catalogue_op import CatalogueOp
from edge.errors import CorruptStore, StoreError
from edge.messages import SaleBooked, Say, Started, Tone
from edge.model.item import Item
from edge.model.records import CatalogueApplied, StoreSetAside
from edge.ports import Catalogue, Transaction

LOOK_EVERY_S = 2.0
"""How soon an import by the command line is found; it is activated when no sale is open."""
ACTIVE, NEXT, EFFECTIVE, NEXT_VERSION = "catalogue", "catalogue_next", "catalogue_eff", "catalogue_next_ver"
"""Keys of `meta`: the file in use; the file to use next, from when on, and the cloud's number of it."""
CHOSEN_VERSION = "cat_ver"
"""Key of `meta`: the cloud's number of what was activated last, also after that file was lost; 0: the shop's own."""

_log = logging.getLogger("edge.catalogue")


class CatalogueOnDisk(Catalogue, Protocol):
    """A catalogue that holds a file open."""

    def close(self) -> None: ...


class ActiveCatalogue:
    """What every service looks goods up in. Empty until the first catalogue is activated."""

    def __init__(self) -> None:
        self._file: CatalogueOnDisk | None = None

    def switch(self, file: CatalogueOnDisk) -> None:
        """Use `file` from now on and close the one before it, whose space is given back once it is deleted."""
        before, self._file = self._file, file
        if before is not None:
            before.close()

    def by_gtin(self, gtin14: str) -> Item | None:
        return self._file.by_gtin(gtin14) if self._file else None

    def by_sku(self, sku: str) -> Item | None:
        return self._file.by_sku(sku) if self._file else None

    def by_plu(self, plu: str) -> Item | None:
        return self._file.by_plu(plu) if self._file else None

    @property
    def is_open(self) -> bool:
        return self._file is not None

    @property
    def version(self) -> int:
        return self._file.version if self._file else 0

    def __len__(self) -> int:
        return len(self._file) if self._file else 0


@dataclass(frozen=True, slots=True)
class LookForNext:
    """A timer: is there a catalogue to activate?"""


@dataclass(frozen=True, slots=True)
class CatalogueResumed:
    """What the ledger names at boot, or what stands in for it, is committed."""


@dataclass(frozen=True, slots=True)
class CatalogueUnusable:
    """The active file, or the one to follow it, cannot be used: the shop must hear of it, once it is clear what is."""


@dataclass(frozen=True, slots=True)
class CatalogueActivated:
    """The ledger names this file now: sell from it."""

    name: str


@dataclass(frozen=True, slots=True)
class AsideTold:
    """The journal holds this record now."""

    kept: StoreSetAside


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files, by name, as the daemon wires them. Each call raises StoreError."""

    open: Callable[[str], CatalogueOnDisk]
    build: Callable[[str | None, Iterable[CatalogueOp], int], str]
    """(base name or None for a full catalogue, operations, version) → the new file's name."""
    set_aside: Callable[[str], str]
    """Keep a damaged file out of the way; returns what it is called there."""
    names: Callable[[], Sequence[str]]
    """All files, newest first."""
    clean: Callable[[str], object]
    """Remove what is older than this active file and the one before it."""


class CatalogueKeeper:
    """Remembered in fields is only what a rollback leaves true: files that are open or aside."""

    def __init__(self, bus: Bus, active: ActiveCatalogue, shelf: Shelf) -> None:
        self._bus = bus
        self._active = active
        self._shelf = shelf
        self._resumed = False
        self._opened: tuple[str, CatalogueOnDisk] | None = None
        """Checked and open, to be switched to once the ledger names it."""
        self._untold: list[StoreSetAside] = []
        bus.on(Started, self._look)
        bus.on(LookForNext, self._look)
        bus.on(SaleBooked, self._between_sales)
        bus.route(CatalogueResumed, self._remember_resumed)
        bus.route(CatalogueActivated, self._switch)
        bus.on(CatalogueActivated, self._clean)
        bus.on(CatalogueUnusable, self._tell)
        bus.route(AsideTold, lambda told: self._untold.remove(told.kept))

    # --- activation ------------------------------------------------------------------------------------------------

    def _look(self, _: Started | LookForNext, tx: Transaction) -> None:
        self._bus.after(LOOK_EVERY_S, LookForNext())
        if self._resumed:
            self.activate(tx)
        else:
            self._resume(tx)
        for kept in self._untold:
            tx.append(kept)
            tx.after_commit(AsideTold(kept))

    def _between_sales(self, _: SaleBooked, tx: Transaction) -> None:
        """Where one customer follows the other, a timer seldom finds the counter empty."""
        if self._resumed:
            self.activate(tx)

    def _resume(self, tx: Transaction) -> None:
        """At boot: what is due, else what the ledger names, else the newest that can be read, else what is due in
        the middle of a sale. Without any file the shop keys its prices.
        """
        tx.after_commit(CatalogueResumed())
        name = tx.get(ACTIVE)
        if self.activate(tx):
            return
        if name and self._open(name):
            tx.after_commit(CatalogueActivated(name))
            return
        if name:
            tx.after_commit(CatalogueUnusable())
        for other in self._shelf.names():
            if other not in (name, tx.get(NEXT)) and (file := self._open(other)):
                self._name(other, file, tx)
                return
        self.activate(tx, in_sale=True)

    def activate(self, tx: Transaction, *, in_sale: bool = False) -> bool:
        """Turn to the file that waits, when its hour has come; whether the ledger names it now."""
        name = tx.get(NEXT)
        if not name or (tx.get(EFFECTIVE) or "") > iso_ms(tx.stamp.at) or (tx.counter.sale is not None and not in_sale):
            return False
        tx.put(NEXT, "")
        tx.put(NEXT_VERSION, "")
        file = self._open(name)
        if file is None:
            tx.after_commit(CatalogueUnusable())
            return False
        tx.put(CHOSEN_VERSION, str(file.version))
        self._name(name, file, tx)
        return True

    def _open(self, name: str) -> CatalogueOnDisk | None:
        """The file, checked and ready for the switch; None when it cannot be used. A damaged one is set aside."""
        if self._opened is not None and self._opened[0] == name:
            return self._opened[1]  # by a transaction that was rolled back
        try:
            file = self._shelf.open(name)
        except StoreError as error:
            _log.error("the catalogue %s cannot be used: %s", name, error)
            if isinstance(error, CorruptStore):
                self._set_aside(name, str(error))
            return None
        if self._opened is not None:
            self._opened[1].close()
        self._opened = (name, file)
        return file

    def _set_aside(self, name: str, reason: str) -> None:
        try:
            self._untold.append(StoreSetAside(name, self._shelf.set_aside(name), reason[:200]))
        except StoreError as error:
            _log.error("%s stays where it is: %s", name, error)

    def _name(self, name: str, file: CatalogueOnDisk, tx: Transaction) -> None:
        """Let the ledger name the file just opened; the counter follows after the commit."""
        tx.put(ACTIVE, name)
        tx.append(CatalogueApplied(file.version, len(file)))
        tx.after_commit(CatalogueActivated(name))

    def _switch(self, activated: CatalogueActivated) -> None:
        """At once after the commit: no message sees a catalogue that the ledger does not name."""
        if self._opened is not None and self._opened[0] == activated.name:
            self._active.switch(self._opened[1])
            self._opened = None
            _log.info("catalogue %s is active: version %d, %d items",
                      activated.name, self._active.version, len(self._active))  # fmt: skip

    def _clean(self, _: CatalogueActivated, tx: Transaction) -> None:
        """In a transaction of its own: a file that the ledger may yet name after a cut is never deleted."""
        try:
            self._shelf.clean(tx.get(ACTIVE) or "")
        except StoreError as error:
            _log.warning("older catalogues stay: %s", error)

    def _tell(self, _: CatalogueUnusable, tx: Transaction) -> None:
        tx.after_commit(Say("catalogue.aside" if self._active.is_open else "catalogue.none", Tone.ALARM))

    def _remember_resumed(self, _: CatalogueResumed) -> None:
        self._resumed = True
