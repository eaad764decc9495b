"""USB sticks that are mounted, out of the kernel's lists, and files on them: real folders, links and errors."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from stick_bench import USB, StickMachine
from test_owned_by_others import IS_ROOT, NOBODY, as_terminal

from edge.errors import StickRefused, StoreError
from edge.kernel_lists import MAX_WORDS
from edge.model.stick import Stick
from edge.store.stick_files import (
    MAX_LISTED,
    MAX_NAME,
    MAX_TAKEN,
    PART,
    blocks_of,
    read_file,
    save_file,
    save_folder,
    stick_files,
)

BACKUP = "T7K3M9Q2-20261127-0931.edgebackup"
ENDINGS = (".csv", ".edgebackup")


@pytest.fixture
def machine(tmp_path: Path) -> StickMachine:
    return StickMachine(tmp_path)


def only(machine: StickMachine) -> Stick:
    (stick,) = machine.look()
    return stick


def there(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# --- which sticks there are ------------------------------------------------------------------------------------------


def test_a_stick_is_told_with_its_label_its_room_and_whether_it_can_be_written(machine: StickMachine) -> None:
    assert machine.look() == ()
    folder = machine.plug(label="小王\\x20的U盘")
    stick = only(machine)
    assert (stick.label, stick.folder, stick.read_only) == ("小王 的U盘", str(folder), False)
    assert 0 < stick.free <= stick.total
    machine.pull()
    assert machine.look() == ()


@pytest.mark.parametrize(("label", "told"), [
    ("", "DataTraveler 3.0"), ("a\\x0ab", "a?b"), ("\\xe2\\x80\\xaegnp", "?gnp"), ("\\xff", "\ufffd"),
    ("<b>", "<b>"), ("x" * 200, "x" * MAX_WORDS),
])  # fmt: skip
def test_what_a_stick_is_called_can_be_shown(machine: StickMachine, label: str, told: str) -> None:
    machine.plug(label=label)
    assert only(machine).label == told


def test_without_any_name_it_is_called_as_the_kernel_does(machine: StickMachine) -> None:
    machine.plug("sdb", label="", usb=False)
    assert only(machine).label == "sdb"


@pytest.mark.parametrize(("removable", "usb", "is_one"), [("1", False, True), ("0", True, True), ("0", False, False)])
def test_a_stick_is_what_can_be_pulled_out(machine: StickMachine, *, removable: str, usb: bool, is_one: bool) -> None:
    machine.plug(removable=removable, usb=usb)
    assert bool(machine.look()) is is_one


def test_what_the_box_lives_on_is_no_stick_though_it_hangs_on_usb(machine: StickMachine) -> None:
    machine.plug("sda1", device="8:1", point="/var/lib/edge")
    machine.plug("sda2", device="8:2")
    assert machine.look() == ()
    machine.plug("sdb1", device="8:17", label="STICK")
    assert [stick.label for stick in machine.look()] == ["STICK"]


def test_what_is_mounted_elsewhere_is_not_offered(machine: StickMachine) -> None:
    machine.plug(point="/srv/photographs")
    assert machine.look() == ()


@pytest.mark.parametrize("options", ["ro", "ro,noatime"])
def test_one_that_was_mounted_to_be_read_is_not_written(machine: StickMachine, options: str) -> None:
    folder = machine.plug(options=options)
    assert only(machine).read_only
    with pytest.raises(StickRefused) as refused:
        save_file(only(machine), BACKUP, [b"x"])
    assert refused.value.code == "stick_read_only" and there(folder) == []


def test_another_stick_at_the_same_place_is_another_one(machine: StickMachine) -> None:
    machine.plug(uuid="1234-ABCD")
    first = only(machine)
    machine.pull()
    machine.plug(uuid="1234-ABCE")
    assert only(machine).key != first.key and only(machine).folder == first.folder


def test_a_folder_with_a_blank_in_its_name_is_found(machine: StickMachine) -> None:
    folder = machine.plug(point="/media/wang/MY STICK")
    assert only(machine).folder == str(folder)


@pytest.mark.parametrize(
    "line", ["", "x", "36 35 8:1", "36 35 8:1 / /media/x rw -", "36 35 ../.. / /media/x rw - a b rw"]
)
def test_a_line_of_the_kernel_that_is_not_understood_is_no_stick(machine: StickMachine, line: str) -> None:
    (machine.root / "proc/self/mountinfo").write_text(f"{line}\n")
    assert machine.look() == ()


# --- reading ---------------------------------------------------------------------------------------------------------


def test_plain_files_that_end_so_are_listed_the_newest_first(machine: StickMachine) -> None:
    folder = machine.plug()
    for age, name in enumerate(("a.csv", "B.CSV", BACKUP, "c.txt", "._a.csv")):
        (folder / name).write_bytes(b"x" * age)
        os.utime(folder / name, (1_000_000 - age, 1_000_000 - age))
    (folder / "folder.csv").mkdir()
    (folder / "link.csv").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.csv")
    found = stick_files(machine.look(), ENDINGS)
    assert [(file.name, file.octets) for file in found] == [("a.csv", 0), ("B.CSV", 1), (BACKUP, 2)]
    assert read_file(found[1], 1) == b"x"


def test_a_stick_full_of_files_gives_a_list_that_a_person_can_read(machine: StickMachine) -> None:
    folder = machine.plug()
    for number in range(MAX_LISTED + 10):
        (folder / f"{number}.csv").touch()
    assert len(stick_files(machine.look(), ENDINGS)) == MAX_LISTED


HOSTILE = (b"a\nb.csv", b"\xff\xfe.csv", "\u202egnp.csv".encode(), b"<script>.csv", b"y" * 200 + b".csv")


@pytest.mark.parametrize("raw", HOSTILE)
def test_a_hostile_name_is_shown_harmlessly_and_still_read(machine: StickMachine, raw: bytes) -> None:
    (machine.plug() / os.fsdecode(raw)).write_bytes(b"goods")
    (found,) = stick_files(machine.look(), ENDINGS)
    assert found.name.isprintable() and len(found.name) <= MAX_NAME and found.name.endswith(".csv")
    assert read_file(found, 100) == b"goods" and found.key.isalnum()


def test_no_more_is_read_than_may_be(machine: StickMachine) -> None:
    folder = machine.plug()
    (folder / "a.csv").write_bytes(b"x" * 200_000)
    (found,) = stick_files(machine.look(), ENDINGS)
    with pytest.raises(StickRefused) as refused:
        read_file(found, 199_999)
    assert refused.value.code == "too_long" and sum(map(len, blocks_of(found, 200_000))) == 200_000


INSTEAD: list[Callable[[Path], None]] = [
    lambda path: path.symlink_to("/etc/passwd"), os.mkfifo, Path.mkdir, lambda path: None,
]  # fmt: skip


@pytest.mark.parametrize("instead", INSTEAD)
def test_what_came_in_place_of_a_file_that_was_listed_is_not_read(
    machine: StickMachine, instead: Callable[[Path], None]
) -> None:
    path = machine.plug() / "a.csv"
    path.write_bytes(b"x")
    (found,) = stick_files(machine.look(), ENDINGS)
    path.unlink()
    instead(path)
    with pytest.raises(StickRefused) as refused:
        read_file(found, 100)
    assert refused.value.code == "stick_file"


def test_of_a_stick_that_is_gone_nothing_is_listed_or_read(machine: StickMachine) -> None:
    folder = machine.plug()
    (folder / "a.csv").write_bytes(b"x")
    (found,) = stick_files(machine.look(), ENDINGS)
    stick = only(machine)
    machine.pull()
    assert stick_files([stick], ENDINGS) == ()
    with pytest.raises(StickRefused) as refused:
        read_file(found, 100)
    assert refused.value.code == "stick_gone"


# --- writing ---------------------------------------------------------------------------------------------------------


def test_what_is_saved_is_there_whole_and_nothing_beside_it(machine: StickMachine) -> None:
    folder = machine.plug()
    assert save_file(only(machine), BACKUP, [b"ab", b"", b"c"]) == BACKUP
    assert there(folder) == [BACKUP] and (folder / BACKUP).read_bytes() == b"abc"
    tables = {"sales.csv": [b"1"], "goods.csv": [b"2", b"3"]}
    assert save_folder(only(machine), "T7K3M9Q2-20261127", tables) == "T7K3M9Q2-20261127"
    assert there(folder) == [BACKUP, "T7K3M9Q2-20261127/goods.csv", "T7K3M9Q2-20261127/sales.csv"]
    assert not (folder / PART).exists()


def test_what_lies_there_already_stays_as_it_is(machine: StickMachine) -> None:
    folder = machine.plug()
    (folder / BACKUP).write_bytes(b"of last year")
    stem, _, ending = BACKUP.partition(".")
    assert save_file(only(machine), BACKUP, [b"x"]) == f"{stem}-2.{ending}"
    assert [save_folder(only(machine), "tables", {"a": [b"x"]}) for _ in range(3)] == ["tables", "tables-2", "tables-3"]
    assert (folder / BACKUP).read_bytes() == b"of last year"


@pytest.fixture
def small_files() -> Iterator[None]:
    """The kernel takes no more than so many octets of a file: as a stick that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_files")
def test_a_full_stick_keeps_nothing_of_what_does_not_fit(machine: StickMachine) -> None:
    folder = machine.plug()
    with pytest.raises(StickRefused) as refused:
        save_file(only(machine), BACKUP, [b"x" * 60_000] * 3)
    assert refused.value.code == "stick_full" and list(folder.iterdir()) == []
    with pytest.raises(StickRefused) as refused:
        save_folder(only(machine), "tables", {"a.csv": [b"x"], "b.csv": [b"x" * 200_000]})
    assert refused.value.code == "stick_full" and list(folder.iterdir()) == []


@pytest.mark.parametrize("after", range(3))
def test_one_that_is_pulled_out_in_the_middle_is_told_and_nothing_lands_on_the_box(
    machine: StickMachine, after: int
) -> None:
    folder = machine.plug()

    def octets() -> Iterator[bytes]:
        for number in range(3):
            if number == after:
                machine.pull()
            yield b"x" * 100_000

    with pytest.raises(StickRefused) as refused:
        save_file(only(machine), BACKUP, octets())
    assert refused.value.code == "stick_gone" and not folder.exists()


@pytest.fixture
def of_the_terminal() -> Iterator[Path]:
    """A folder to which another user than root comes, too."""
    made = Path(tempfile.mkdtemp(dir="/tmp"))
    os.chown(made, NOBODY if IS_ROOT else -1, -1)
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize("begun", [False, True])
def test_one_that_turns_read_only_in_the_middle_does_not_answer_any_more(of_the_terminal: Path, *, begun: bool) -> None:
    with as_terminal():
        machine = StickMachine(of_the_terminal)
        on_stick = machine.plug()

        def octets() -> Iterator[bytes]:
            yield b"x"
            on_stick.chmod(0o555)

        if not begun:
            on_stick.chmod(0o555)
        with pytest.raises(StickRefused) as refused:
            save_file(replace(only(machine), read_only=False), BACKUP, octets())
        assert refused.value.code == ("stick_gone" if begun else "stick_read_only")
        on_stick.chmod(0o755)
        assert not (on_stick / BACKUP).exists()


def test_where_every_name_is_taken_the_stick_is_not_said_to_be_gone(machine: StickMachine) -> None:
    folder = machine.plug()
    for number in range(MAX_TAKEN):
        (folder / (BACKUP if not number else f"{Path(BACKUP).stem}-{number + 1}{Path(BACKUP).suffix}")).touch()
        (folder / ("tables" if not number else f"tables-{number + 1}")).mkdir()
    with pytest.raises(StickRefused) as refused:
        save_file(only(machine), BACKUP, [b"x"])
    assert refused.value.code == "stick_names"
    with pytest.raises(StickRefused) as refused:
        save_folder(only(machine), "tables", {"a.csv": [b"x"]})
    assert refused.value.code == "stick_names"
    assert not (folder / PART).exists() and len(there(folder)) == MAX_TAKEN


def test_another_one_at_its_place_is_not_written_instead(machine: StickMachine) -> None:
    folder = machine.plug(device="8:1")
    with pytest.raises(StickRefused) as refused:
        save_file(only(machine), BACKUP, [b"x"])
    assert refused.value.code == "stick_gone" and there(folder) == []


def test_what_a_cut_has_left_goes_with_the_next_save(machine: StickMachine) -> None:
    folder = machine.plug()
    (folder / PART).mkdir()
    (folder / PART / BACKUP).write_bytes(b"half")
    save_file(only(machine), BACKUP, [b"whole"])
    assert there(folder) == [BACKUP] and (folder / BACKUP).read_bytes() == b"whole"


def test_a_link_in_place_of_the_draft_leads_nowhere(machine: StickMachine, tmp_path: Path) -> None:
    (tmp_path / "of the box").mkdir()
    (tmp_path / "of the box/file").touch()
    folder = machine.plug()
    (folder / PART).symlink_to(tmp_path / "of the box")
    with pytest.raises(StickRefused) as refused:
        save_file(only(machine), BACKUP, [b"x"])
    assert refused.value.code == "stick_read_only" and there(tmp_path / "of the box") == ["file"]


def test_what_is_the_fault_of_the_box_is_not_told_of_the_stick(machine: StickMachine) -> None:
    folder = machine.plug()

    def octets() -> Iterator[bytes]:
        yield b"x"
        raise OSError(5, "Input/output error")

    with pytest.raises(StoreError):
        save_file(only(machine), BACKUP, octets())
    assert list(folder.iterdir()) == []


# --- the unit that mounts them ---------------------------------------------------------------------------------------

SYSTEMD = Path(__file__).resolve().parent.parent / "systemd"


def test_a_stick_is_mounted_without_programs_devices_and_rights_and_where_it_is_looked_for() -> None:
    lines = (SYSTEMD / "edge-usb@.service").read_text(encoding="utf-8").splitlines()
    mounts = [line for line in lines if "/usr/bin/mount " in line]
    assert [line.split(" -t ")[1].split(" ")[0] for line in mounts] == ["vfat", "exfat", "ext4"]
    for line in mounts:
        options = line.split(" -o ")[1].split(" ")[0].split(",")
        assert {"nosuid", "nodev", "noexec"} <= set(options) and line.endswith(f"{USB}/%i")
    rule = (SYSTEMD / "90-edge-usb.rules").read_text(encoding="utf-8")
    assert 'ENV{ID_FS_TYPE}=="vfat|exfat|ext4"' in rule and "edge-usb@%k.service" in rule
    for unit in ("edge-usb.conf", "edge-terminal.service"):
        assert f"{USB}" in (SYSTEMD / unit).read_text(encoding="utf-8")
