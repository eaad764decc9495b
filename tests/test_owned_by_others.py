"""What lies in the terminal's folder and is another user's: left where it is, told of, and no reason not to sell."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from keep_bench import write_settings

from edge.__main__ import main
from edge.errors import StoreError
from edge.keeping import finish_what_was_begun
from edge.outside import Outside
from edge.store.wipe import mark, wipe

NOBODY = 65534
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """The terminal's, where another user can come to."""
    made = Path(tempfile.mkdtemp(dir="/tmp"))
    if IS_ROOT:
        os.chown(made, NOBODY, -1)
    yield made
    for path in made.iterdir():
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(made)


@contextmanager
def as_terminal() -> Iterator[None]:
    """Root may do whatever it likes, and is not what the terminal runs as."""
    os.seteuid(NOBODY if IS_ROOT else os.geteuid())
    try:
        yield
    finally:
        os.seteuid(os.getuid())


def locked(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "file").write_text("of root")
    folder.chmod(0o555)
    return folder


def test_scratch_that_cannot_be_removed_stops_no_start(folder: Path) -> None:
    left = locked(folder / "restore")
    with as_terminal():
        assert not finish_what_was_begun(folder, Outside())
    assert left.exists()


def test_erasing_goes_on_past_what_cannot_be_removed_and_tells_of_it(folder: Path) -> None:
    locked(folder / "lost+found")
    with as_terminal():
        (folder / "ledger.db").write_text("sales")
        mark(folder, "A1")
        wiped = wipe(folder)
    assert wiped.number == "A1" and any("lost+found" in name for name in wiped.left)
    assert [path.name for path in folder.iterdir()] == ["lost+found"]


def test_a_shop_that_cannot_be_removed_is_not_called_erased(folder: Path) -> None:
    locked(folder / "documents")
    with as_terminal():
        mark(folder, "A1")
        with pytest.raises(StoreError):
            wipe(folder)
    assert (folder / "erase").exists()


def test_a_restore_by_another_user_than_the_terminals_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_settings(folder)
    (folder / "data").symlink_to("/usr")  # root's, on each machine
    with as_terminal():
        assert main(["restore", "--config", str(config), str(folder / "any")]) == 2
    assert "sudo -u '#0'" in capsys.readouterr().err
