"""`edge restore`: no start comes between its steps, and it takes nothing away that is nowhere else."""

from __future__ import annotations

import errno
from pathlib import Path
from random import Random

import pytest
from keep_bench import PASSWORD, Box, backed_up, staged, write_settings

from edge.__main__ import main
from edge.config import load_settings
from edge.errors import BackupRefused, StoreError
from edge.keeping import restore_now
from edge.outside import Outside
from edge.store.disk import Disk, Space
from edge.store.folder_lock import is_taken
from edge.store.restore import ARMED, arm, put_in


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Of a shop with two sales."""
    shop = Box(tmp_path / "shop")
    shop.start()
    shop.sell(2)
    made = backed_up(shop.folder)
    shop.off()
    return Path(made.path)


@pytest.fixture
def spare(tmp_path: Path) -> Path:
    write_settings(tmp_path / "spare")
    (tmp_path / "spare" / "data").mkdir()
    return tmp_path / "spare"


class Watched(Disk):
    """Tells at each step whether a start would find the folder taken."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.taken: dict[str, bool] = {}

    def reached(self, step: str) -> None:
        self.taken[step] = is_taken(self.folder)

    def space(self, folder: Path) -> Space:
        self.reached("stage")
        return super().space(folder)


def test_no_start_comes_between_staging_and_the_last_move(backup: Path, spare: Path) -> None:
    disk = Watched(spare / "data")
    restore_now(
        load_settings(spare / "shop.toml"), backup, PASSWORD, Outside(disk=disk, chance=Random(4)), look_only=False,
        leave_unsent=False,
    )  # fmt: skip
    assert disk.taken.keys() >= {"stage", "armed", "moved ledger.db", "put in"} and all(disk.taken.values())
    assert not is_taken(spare / "data")


def test_what_nobody_else_has_is_left_only_when_that_is_said(
    backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box = Box(tmp_path / "box")
    box.start()
    box.sell()
    box.off()
    (tmp_path / "password").write_text(PASSWORD)
    words = ["restore", "--password-file", str(tmp_path / "password"), "--config", str(box.config), str(backup)]
    assert main(words) == 1
    assert "--leave-unsent" in capsys.readouterr().err and box.books.sold == 1
    assert main([*words, "--look"]) == 0 and box.books.sold == 1
    ledger = box.folder / "data/ledger.db"
    whole = ledger.read_bytes()
    ledger.write_bytes(b"x" * 8192)
    assert main(words) == 1 and ledger.read_bytes() == b"x" * 8192, "who knows what was in it"
    ledger.write_bytes(whole)
    assert main([*words, "--leave-unsent"]) == 0 and box.books.sold == 2
    assert list((box.folder / "data/aside").glob("ledger.*.unsent-before-restore.db")), "and kept"


def test_a_backup_that_was_only_looked_at_leaves_nothing(backup: Path, spare: Path, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    words = ["--password-file", str(tmp_path / "password"), "--config", str(spare / "shop.toml")]
    assert main(["restore", *words, "--look", str(backup)]) == 0
    assert not (spare / "data/restore").exists()


def test_what_is_being_put_in_is_not_replaced_by_another_look(backup: Path, spare: Path) -> None:
    arm(spare / "data", staged(spare, backup).id)
    with pytest.raises(StoreError, match="being put in"):
        staged(spare, backup)
    assert put_in(spare / "data", Outside().clock.wall()) and (spare / "data/ledger.db").is_file()


def test_what_was_not_looked_at_to_the_end_is_not_put_in(backup: Path, spare: Path) -> None:
    found = staged(spare, backup)
    with pytest.raises(StoreError, match="no backup is ready"):
        arm(spare / "data", "another")
    with pytest.raises(BackupRefused):
        staged(spare, backup, "another-password")
    with pytest.raises(StoreError, match="no backup is ready"):
        arm(spare / "data", found.id)
    assert not put_in(spare / "data", Outside().clock.wall())


def test_a_disk_that_fails_while_it_is_armed_leaves_the_old_box(backup: Path, spare: Path) -> None:
    def failing(step: str) -> None:
        raise OSError(errno.EIO, step)

    found = staged(spare, backup)
    with pytest.raises(StoreError):
        arm(spare / "data", found.id, failing)
    assert not (spare / "data/restore" / ARMED).exists(), "whoever was told that it failed goes on selling"
