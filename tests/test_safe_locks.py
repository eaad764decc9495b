"""What a box in safe mode locks is free again, whatever becomes of what was asked."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from shop_bench import until

from edge.clock import SystemClock
from edge.model.backup import Secret, Stage
from edge.network import DbusNetwork
from edge.network_seen import SeenNetwork
from edge.safe_network import NetworkTrials
from edge.safe_restore import SafeRestore
from edge.store.disk import Disk
from edge.store.folder_lock import FolderLock
from edge.store.restore import Machine

WIRE = {"interface": "eth0", "how": "auto"}


def test_a_file_that_cannot_be_removed_keeps_neither_the_folder_nor_the_page_waiting(tmp_path: Path) -> None:
    given = tmp_path / "restore/given-a"
    given.mkdir(parents=True)
    machine = Machine(SystemClock(), Random(5), Disk())
    ways = SafeRestore(tmp_path, "T7K3M9Q2", machine, lambda: None, lambda: None).ways()
    for _ in range(2):
        assert ways.look(Secret("sesame-2026"), str(given)) and ways.state().restore is Stage.FAILED
        lock = FolderLock(tmp_path)
        lock.take()
        lock.release()


def test_settings_that_cannot_be_read_keep_no_other_trial_waiting(tmp_path: Path) -> None:
    nothing = SeenNetwork(tmp_path / "no-machine")
    ways = NetworkTrials(SystemClock(), DbusNetwork("unix:path=/nowhere"), nothing, soon_s=0.0).ways()
    with pytest.raises(ValueError, match="sideways"):
        ways.attempt(WIRE | {"how": "sideways"})
    assert ways.attempt(WIRE)
    until(lambda: ways.failed() == "none", "it was tried")
