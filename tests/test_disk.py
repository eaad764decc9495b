"""Levels of contract P11 on a partition that fills and empties, and the ballast at its end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import StoreError
from edge.store.disk import DiskLevel, DiskLevels, DiskReading, Space, next_level, space_of, used_percent

BALLAST = 256 * 1024
TOTAL = 100_000_000


class Partition:
    """100 MB, filled by others as told, and by the ballast that really lies in the folder."""

    def __init__(self, folder: Path) -> None:
        self.ballast = folder / "ballast"
        self.used = 0.0

    def space(self, folder: Path) -> Space:
        laid_down = self.ballast.stat().st_size if self.ballast.exists() else 0
        return Space(total=TOTAL, free=max(0, int(TOTAL * (1 - self.used / 100)) - laid_down))


@pytest.fixture
def partition(tmp_path: Path) -> Partition:
    return Partition(tmp_path)


def levels(partition: Partition) -> DiskLevels:
    return DiskLevels(partition.ballast.parent, ballast_octets=BALLAST, space=partition.space)


def test_each_level_is_reached_as_the_disk_fills_and_said_once(partition: Partition) -> None:
    disk, seen = levels(partition), []
    for used in range(70, 100):
        partition.used = used
        reading = disk.look()
        if reading.changed:
            seen.append((used, reading.level.label))
    # The ballast itself is a quarter of a percent.
    assert seen == [(80, "80"), (90, "90"), (95, "95"), (98, "98")]


def test_a_level_is_left_only_when_two_percent_are_free_below_it(partition: Partition) -> None:
    disk, seen = levels(partition), []
    for used in (96, 95, 94, 93, 92, 91, 90, 89, 88, 87, 79, 78, 77):
        partition.used = used
        seen.append(disk.look().level.label)
    assert seen == ["95", "95", "95", "95", "90", "90", "90", "90", "90", "80", "80", "80", "ok"]


def test_the_ballast_is_real_room_and_given_up_at_98_percent(partition: Partition) -> None:
    disk = levels(partition)
    disk.look()
    assert partition.ballast.stat().st_blocks * 512 >= BALLAST
    partition.used = 97
    disk.look()
    assert partition.ballast.exists()
    partition.used = 98.5
    assert disk.look().level is DiskLevel.CASH_ONLY
    assert not partition.ballast.exists()


def test_giving_up_the_ballast_does_not_lower_the_level(partition: Partition) -> None:
    disk = DiskLevels(partition.ballast.parent, ballast_octets=8_000_000, space=partition.space)
    partition.used = 80
    disk.look()
    partition.used = 90.5
    assert disk.look().level is DiskLevel.CASH_ONLY
    assert [disk.look() for _ in range(3)] == [DiskReading(DiskLevel.CASH_ONLY, False, 9)] * 3
    assert not partition.ballast.exists()


def test_the_ballast_comes_back_when_there_is_room(partition: Partition) -> None:
    disk = levels(partition)
    partition.used = 99
    disk.look()
    partition.used = 93
    disk.look()
    assert not partition.ballast.exists()
    partition.used = 60
    assert disk.look() == DiskReading(DiskLevel.OK, True, 40)
    assert partition.ballast.exists()


def test_a_ballast_that_a_cut_left_short_is_completed(partition: Partition) -> None:
    partition.ballast.write_bytes(b"x")
    levels(partition).look()
    assert partition.ballast.stat().st_blocks * 512 >= BALLAST


def test_a_failed_write_is_the_last_level_whatever_was_measured(partition: Partition) -> None:
    disk = levels(partition)
    disk.look()
    assert disk.look(full=True).level is DiskLevel.CASH_ONLY
    assert not partition.ballast.exists()


def test_a_ballast_that_finds_no_room_is_not_left_in_part(tmp_path: Path) -> None:
    # Larger than a file can be: refused at once, without filling this machine's disk on the way.
    disk = DiskLevels(tmp_path, ballast_octets=1 << 60, space=lambda _: Space(1 << 62, 1 << 62))
    assert disk.look().level is DiskLevel.OK
    assert list(tmp_path.iterdir()) == []


def test_a_partition_that_does_not_answer_is_a_store_error(tmp_path: Path) -> None:
    def gone(folder: Path) -> Space:
        raise OSError(5, "Input/output error")

    with pytest.raises(StoreError, match="the free space cannot be read: Input/output error"):
        DiskLevels(tmp_path, space=gone).look()


def test_the_kernel_is_asked_for_what_this_process_may_use(tmp_path: Path) -> None:
    space = space_of(tmp_path)
    assert 0 < space.free < space.total
    assert used_percent(Space(0, 0), missing_ballast=0) == 100.0


@given(st.lists(st.floats(0, 100), max_size=30))
def test_no_level_is_lower_than_the_measure_or_more_than_the_hysteresis_above_it(measures: list[float]) -> None:
    level = DiskLevel.OK
    for used in measures:
        level = next_level(level, used)
        assert not [higher for higher in DiskLevel if higher > level and used >= higher]
        assert used >= level - 2 or level is DiskLevel.OK
