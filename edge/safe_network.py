"""The network of a box that did not start, wired: tried on a thread of its own, since no dispatcher runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.clock import Clock
from edge.errors import EdgeError, NetworkRefused
from edge.model.network import Network, Wanted
from edge.network import DbusNetwork
from edge.network_seen import SeenNetwork
from edge.services.networking import SOON_S, wanted_of
from edge.web.safe_network import SafeNetwork

_log = logging.getLogger("edge")


@dataclass
class NetworkTrials:
    """The trial itself is NetworkManager's own: it ends though this process does."""

    clock: Clock
    manager: DbusNetwork = field(default_factory=DbusNetwork)
    seen: SeenNetwork = field(default_factory=SeenNetwork)
    soon_s: float = SOON_S

    def __post_init__(self) -> None:
        self._trying = threading.Lock()
        self._failed = ""

    def ways(self) -> SafeNetwork:
        return SafeNetwork(
            self._look, self.seen.broken, self._attempt, lambda: self._failed, self.manager.keep, self.manager.undo
        )

    def _look(self) -> Network:
        found = self.manager.look(self.clock.up_ms())
        return found if found is not None and found.interfaces else self.seen.look()

    def _attempt(self, args: Mapping[str, object]) -> bool:
        trial = threading.Thread(target=self._try, args=(wanted_of(args),), name="network", daemon=True)
        if not self._trying.acquire(blocking=False):
            return False
        self._failed = ""
        try:
            trial.start()
        except BaseException:
            self._trying.release()
            raise
        return True

    def _try(self, wanted: Wanted) -> None:
        try:
            threading.Event().wait(self.soon_s)
            self.manager.attempt(wanted)
        except NetworkRefused as refused:
            self._failed = refused.cause
            _log.warning("the network is as it was: %s", refused)
        except EdgeError as error:
            self._failed = "failed"
            _log.warning("the network is as it was: %s", error)
        finally:
            self._trying.release()
