"""A backup put into a box that did not start, wired: looked at on a thread of its own, put in by the next start."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from edge.errors import BackupRefused, EdgeError, SettingsError, StoreError
from edge.model.backup import Keeping, Secret, Stage
from edge.store.folder_lock import FolderLock
from edge.store.given import Given, drop_given
from edge.store.queries import LedgerQueries
from edge.store.restore import Machine, arm, forget_staged, is_armed, stage
from edge.store.shop_folder import LEDGER_FILE
from edge.web.rescue import RescueWays
from edge.web.site import Sink

LOOK_S = 5.0
"""So long the page waits for what it looks at; then it says that it is at it."""
_log = logging.getLogger("edge.store")


@dataclass
class SafeRestore:
    """Under the folder's lock whenever it touches what a start would: `edge restore` may be at it, too.

    `used`: somebody is at it.
    """

    data_dir: Path
    tid: str
    machine: Machine
    used: Callable[[], None]
    try_again: Callable[[], None]

    def __post_init__(self) -> None:
        self._looking = threading.Lock()
        self._state = Keeping()
        self._looked = threading.Event()

    def forget(self) -> None:
        """What was looked at, or half sent, before this start: it would fill the disk. Not while another is at it."""
        lock = FolderLock(self.data_dir)
        try:
            lock.take()
            forget_staged(self.data_dir)
        except (StoreError, SettingsError) as error:
            _log.warning("%s", error)
        finally:
            lock.release()

    def ways(self) -> RescueWays:
        return RescueWays(self.tid, self._now, self._given, self._look, self._go, self._unsent)

    def _now(self) -> Keeping:
        self.used()
        return replace(self._state, is_armed=is_armed(self.data_dir))

    def _given(self, name: str) -> Sink:
        self.used()
        return _Watched(Given(self.data_dir, name, self.machine.disk), self.used)

    def _look(self, password: Secret, path: str) -> bool:
        """False: another one is looked at."""
        if not self._looking.acquire(blocking=False):
            drop_given(Path(path))
            return False
        self._looked.clear()
        self._state = Keeping(restore=Stage.RUNNING, looking=path)
        try:
            threading.Thread(target=self._stage, args=(password, path), name="restore", daemon=True).start()
        except BaseException:
            self._state = Keeping()
            self._looking.release()
            raise
        self._looked.wait(LOOK_S)
        return True

    def _stage(self, password: Secret, path: str) -> None:
        try:
            self._state = self._staged(password, path)
        finally:
            self.used()
            self._looking.release()
            self._looked.set()

    def _staged(self, password: Secret, path: str) -> Keeping:
        lock = FolderLock(self.data_dir)
        try:
            lock.take()
            found = stage(self.data_dir, Path(path), password.text, self.tid, self.machine)
        except BackupRefused as refused:
            _log.warning("the backup is refused: %s", refused)
            return Keeping(restore=Stage.FAILED, restore_why=refused.code, restore_got=refused.got)
        except EdgeError as error:
            _log.warning("the backup cannot be looked at: %s", error)
            return Keeping(restore=Stage.FAILED, restore_why="internal")
        finally:
            lock.release()
            self._drop(Path(path))
        return Keeping(restore=Stage.READY, found=found)

    def _drop(self, given: Path) -> None:
        """One that cannot be removed goes with the next start, and says nothing of the backup."""
        try:
            drop_given(given)
        except StoreError as error:
            _log.warning("%s", error)

    def _go(self, id: str, *, leaves: bool) -> None:
        lock = FolderLock(self.data_dir)
        lock.take()
        try:
            arm(self.data_dir, id, self.machine.disk.reached, leaves=leaves)
        finally:
            lock.release()
        _log.warning("a backup is put in by the next start; what is here now goes to aside")
        self.try_again()

    def _unsent(self) -> int | None:
        ledger = self.data_dir / LEDGER_FILE
        try:
            return LedgerQueries(ledger).unsaved() if ledger.exists() else 0
        except (StoreError, LookupError):
            return None


@dataclass(frozen=True, slots=True)
class _Watched:
    """A file that is sent for minutes: whoever sends it is at it."""

    given: Given
    used: Callable[[], None]

    @property
    def path(self) -> Path:
        return self.given.path

    def write(self, octets: bytes) -> None:
        self.used()
        self.given.write(octets)

    def close(self) -> None:
        self.given.close()

    def drop(self) -> None:
        self.given.drop()
