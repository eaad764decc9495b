"""The reference cloud as licenser: what it signs a terminal takes, over a bad network and by the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from counter_bench import TID, Habits
from hand_clock import HandClock
from licence_services import STORE
from lossy_world import World
from test_licences import ALI, GOOD, KEYS, LicenceBench

from edge.codec.licence import read_licence
from edge.codec.wire_licence import PUT
from edge.command_keys import load_command_keys
from edge.reference_cloud.keygen import keygen
from edge.reference_cloud.licensing import Licensing
from edge.reference_cloud.main import run
from edge.reference_cloud.store import CloudStore
from edge.sim.counter.licences import license_shop, make_licence_keys
from edge.sim.counter.shop_file import LICENCE_KEYS, PLATFORMS


@pytest.mark.parametrize("seed", range(4))
def test_over_a_bad_network_with_power_cuts_terminal_and_cloud_agree_on_what_may_be_sold(
    tmp_path: Path, seed: int
) -> None:
    shop = LicenceBench(tmp_path / "shop", Habits(licence_keys=KEYS), seed=seed)
    world = World(tmp_path, seed, shop)
    shop.dial()
    shop.up()
    licence = GOOD
    for turn in range(60):
        world.turn(1.0)
        world.sell_or_mishap()
        if turn % 15 == 5:
            licence = replace(GOOD, withdrawn=not licence.withdrawn if turn > 5 else False)
            world.cloud.licence(licence, ALI)
    shop.down()
    shop.dial()
    shop.up()
    world.network.loss = 0.0
    for _ in range(200):
        world.turn(1.0)
    assert shop.why() == ("lic.withdrawn" if licence.withdrawn else None)
    kept = [data["ver"] for data in shop.events("licence.kept")]
    assert kept == sorted(set(kept)) and kept[-1] == 4, "each version stands once at most, and never an older one again"


def test_each_word_of_a_platform_is_a_version_higher_and_the_newest_is_what_it_has(tmp_path: Path) -> None:
    store = CloudStore(tmp_path / "cloud.db")
    store.open()
    licensing = Licensing(store)
    for withdrawn in (False, True, False):
        licensing.issue(replace(GOOD, withdrawn=withdrawn), ALI)
    (signed,) = licensing.of(TID)
    assert read_licence(signed, KEYS) == replace(GOOD, version=3)
    assert licensing.of("T7K3M9Q3") == ()
    store.close()


def command_line(folder: Path, what: str, *more: str, platform: str = "alibaba") -> int:
    order = ["licence", what, "--db", str(folder / "cloud.db"), "--key", str(folder / "key"), "--tid", TID]
    return run([*order, "--platform", platform, *more])


ISSUED = ("--store", STORE, "--no", "A-1", "--from", "2026-01-01", "--until", "2027-12-31", "--services", "top_up,loan")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = CloudStore(tmp_path / "cloud.db")
    store.open()
    store.close()
    assert keygen(["--kid", "alibaba-7", "--secret", str(tmp_path / "key"), "--public", str(tmp_path / "public")]) == 0
    return tmp_path


def test_the_command_line_issues_and_withdraws_and_the_cloud_sends_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line(folder, "issue", *ISSUED, "--brand", "天猫小店") == 0
    assert command_line(folder, "withdraw") == 0
    assert capsys.readouterr().out == "A-1 version 1: until 2027-12-31\nA-1 version 2: withdrawn\n"
    store = CloudStore(folder / "cloud.db")
    store.open()
    keys = load_command_keys(folder / "public")
    sent = store.rows("SELECT body FROM command ORDER BY cid")
    assert len(sent) == 2 and all(PUT in body for (body,) in sent)
    (signed,) = Licensing(store).of(TID)
    store.close()
    licence = read_licence(signed, keys)
    assert (licence.withdrawn, licence.version, licence.brand) == (True, 2, "天猫小店")
    assert licence.services == {"top_up", "loan"} and licence.ends == date(2027, 12, 31)


def test_the_command_line_says_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line(folder, "withdraw") == 2
    assert command_line(folder, "issue", *ISSUED, platform="jd") == 2
    assert command_line(folder, "issue", *ISSUED[2:]) == 2
    assert command_line(folder, "issue", *ISSUED[:5], "2026-13-01") == 2
    told = capsys.readouterr().err
    assert "alibaba has no licence" in told
    assert "this key is not the platform's, expected jd or jd-…" in told
    assert "--store: a licence says this" in told


def test_the_demo_has_a_licence_of_each_platform_that_is_renewed_in_time(tmp_path: Path) -> None:
    clock = HandClock()
    make_licence_keys(tmp_path)
    license_shop(tmp_path / "cloud.db", tmp_path, clock)
    make_licence_keys(tmp_path)
    license_shop(tmp_path / "cloud.db", tmp_path, clock)
    keys = load_command_keys(tmp_path / LICENCE_KEYS)
    assert {kid.partition("-")[0] for kid in keys} == set(PLATFORMS)

    def licences() -> dict[str, int]:
        store = CloudStore(tmp_path / "cloud.db")
        store.open()
        found = [read_licence(signed, keys) for signed in Licensing(store).of("T7K3M9Q2")]
        store.close()
        assert all(licence.trouble(clock.wall().date()) is None for licence in found)
        return {licence.platform: licence.version for licence in found}

    assert licences() == dict.fromkeys(sorted(PLATFORMS), 1)
    clock.pass_s(350 * 86_400)
    license_shop(tmp_path / "cloud.db", tmp_path, clock)
    assert licences() == dict.fromkeys(sorted(PLATFORMS), 2)
