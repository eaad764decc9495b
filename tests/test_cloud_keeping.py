"""The reference cloud forgets in its time (product row 91)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cloud_bench import TID, Cloud, batch, event, hello

from edge.reference_cloud import keeping


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    cloud = Cloud(tmp_path / "cloud.db")
    cloud.hear("hello", hello(tx=(3, 0)))
    return cloud


def wait(cloud: Cloud, time: timedelta) -> None:
    cloud.clock.pass_s(time.total_seconds())
    while cloud.ingest.due():
        pass
    cloud.store.commit()


def test_the_journal_stays_for_five_years_and_no_longer(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1), event(2)))
    wait(cloud, keeping.JOURNAL - timedelta(days=1))
    cloud.hear("tx", batch(event(3)))
    assert cloud.seqs() == [1, 2, 3]
    wait(cloud, timedelta(days=2))
    assert cloud.seqs() == [3]
    lane = cloud.lane()
    assert (lane.upto, lane.missing, lane.lost) == (3, 0, 0)


def test_what_is_on_a_persons_phone_stays_as_long_as_the_parcel_may_lie(cloud: Cloud) -> None:
    """Else an app could not fetch what has lain here for a month."""
    at = cloud.clock.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = (TID, "r-1", "SF1000000000001", "12345678", "A1", at)
    cloud.store.run("INSERT INTO text_message(tid, to_whom, waybill, code, place, at) VALUES (?, ?, ?, ?, ?, ?)", told)
    cloud.store.commit()
    wait(cloud, timedelta(days=60))
    assert cloud.store.rows("SELECT count(*) FROM text_message") == [(1,)]


def test_many_go_turn_by_turn_without_waiting(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "A_TURN", 2)
    cloud.hear("tx", batch(*(event(seq) for seq in range(1, 8))))
    cloud.clock.pass_s((keeping.JOURNAL + timedelta(days=1)).total_seconds())
    for left in (5, 3, 1, 0):
        cloud.ingest.due()
        assert len(cloud.seqs()) == left
