"""A fleet's certificates: made once, and anew where they would end within a run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from identity_bench import ONE, Fleet

from edge.clock import SystemClock
from edge.sim.fleet.certificates import LIFE, PAIR, issue

NOW = SystemClock().wall()


@pytest.fixture
def authorities(tmp_path: Path) -> Path:
    return Fleet(tmp_path / "ca").folder


def pair_at(authorities: Path, home: Path, *, later: timedelta) -> bytes:
    home.mkdir(exist_ok=True)
    issue(authorities, [(ONE, home)], NOW + later)
    return (home / PAIR).read_bytes()


def test_a_pair_is_used_again_until_it_would_end_within_a_run(authorities: Path, tmp_path: Path) -> None:
    first = pair_at(authorities, tmp_path / "home", later=timedelta(0))
    assert pair_at(authorities, tmp_path / "home", later=timedelta(hours=20)) == first
    later = pair_at(authorities, tmp_path / "home", later=timedelta(hours=25))
    assert later != first
    assert x509.load_pem_x509_certificate(later).not_valid_after_utc >= NOW + LIFE
    assert (tmp_path / "home" / PAIR).stat().st_mode & 0o077 == 0


def test_half_a_pair_is_none(authorities: Path, tmp_path: Path) -> None:
    whole = pair_at(authorities, tmp_path / "home", later=timedelta(0))
    (tmp_path / "home" / PAIR).write_bytes(whole[:100])
    assert pair_at(authorities, tmp_path / "home", later=timedelta(0)).count(b"-----END") == 2
