"""`edge cloud catalogue --blob`: the changes as a file, which only terminals with its address can fetch."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cloud_bench import TID, request
from fleet_bench import Fleet
from identity_bench import Fleet as Authorities
from shop_bench import Program, until
from test_catalogue_blob import BlobBox
from test_cloud_goods import CSV, leaving, many, written
from test_configuring import Box

from edge.clock import SystemClock
from edge.codec.topics import Down
from edge.reference_cloud.file_store import FileStore
from edge.reference_cloud.goods_file import LIFE_S
from edge.sim.counter.addresses import free_port


@pytest.fixture
def fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Fleet:
    fleet = Fleet(tmp_path / "cloud.db", capsys)
    fleet.greet(cat_ver=0, tx=(20, 0))
    return fleet


def sent(fleet: Fleet, tmp_path: Path, text: str, *more: str) -> dict[str, Any]:
    words = ("--blob", "--files", str(tmp_path / "files"), *more)
    said = fleet.type("catalogue", TID, written(tmp_path, text), *words)
    assert said.code == 0, said
    (notice,) = leaving(fleet)
    return notice


def test_one_notice_tells_of_a_file_with_all_changes(fleet: Fleet, tmp_path: Path) -> None:
    notice = sent(fleet, tmp_path, many(0, 20_000), "--spread", "600", "--eff", "2026-12-01T00:00+08:00")
    assert (notice["ver"], notice["base"], notice["kind"], "inline" in notice) == (1, 0, "delta", False)
    assert (notice["spread_s"], notice["eff"]) == (600, "2026-11-30T16:00:00.000Z")
    (file,) = (tmp_path / "files").glob("catalogue-*")
    assert notice["blob"]["size"] == file.stat().st_size
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    assert (len(lines), json.loads(lines[7])["sku"]) == (20_000, "000007")


def test_what_follows_builds_on_it_and_the_whole_is_the_file(fleet: Fleet, tmp_path: Path) -> None:
    blob = sent(fleet, tmp_path, CSV)["blob"]
    (answer,) = fleet.cloud.hear("req", request(4, "cat.full"))
    whole = answer["out"]["blob"]
    assert answer["out"] == {"ver": 1, "kind": "full", "blob": whole, "spread_s": 0}
    assert whole | {"url": blob["url"]} == blob
    assert fleet.type("catalogue", TID, "--put", "6901234567892", "price=360").code == 0
    (notice,) = leaving(fleet)
    assert (notice["ver"], notice["base"], len(notice["inline"])) == (2, 1, 1)
    (answer,) = fleet.cloud.hear("req", request(5, "cat.full"))
    assert (answer["out"]["ver"], len(answer["out"]["inline"])) == (2, 3)


@pytest.mark.parametrize(
    "words",
    [
        ("--blob",), ("--blob", "--files", "x", "--url", "http://x"), ("--blob", "--files", "x", "--spread", "-1"),
        ("--eff", "tomorrow"), ("--eff", "2026-12-01T00:00"),
    ],
)  # fmt: skip
def test_words_that_do_not_fit_send_nothing(fleet: Fleet, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert fleet.type("catalogue", TID, written(tmp_path, CSV), *words).code == 2
    assert leaving(fleet) == []


def test_an_address_to_put_a_file_reads_none(tmp_path: Path) -> None:
    store = FileStore(tmp_path, SystemClock())
    put, get = (store.address("https://x", "a.gz", life_s=60, to_read=to_read) for to_read in (False, True))
    assert put.rpartition("sig=")[2] != get.rpartition("sig=")[2]


def until_s(url: str) -> int:
    return int(parse_qs(urlsplit(url).query)["until"][0])


def test_a_terminal_that_comes_back_late_gets_an_address_that_is_good(fleet: Fleet, tmp_path: Path) -> None:
    sent(fleet, tmp_path, CSV)
    fleet.cloud.clock.pass_s(LIFE_S + 86_400)
    now = fleet.cloud.clock.wall().timestamp()
    (notice,) = [one for one in fleet.greet(cat_ver=0, tx=(20, 0)) if one.get("kind") == "delta"]
    (answer,) = fleet.cloud.hear("req", request(4, "cat.full"))
    for url in (notice["blob"]["url"], answer["out"]["blob"]["url"]):
        assert until_s(url) == int(now) + LIFE_S
        place = FileStore(tmp_path / "files", fleet.cloud.clock)
        name = urlsplit(url).path.rpartition("/")[2]
        assert (place.path(name).is_file(), url) == (
            True, place.address("https://localhost:8444", name, life_s=LIFE_S, to_read=True)
        )  # fmt: skip


def test_a_file_that_is_gone_is_not_sent_and_the_cloud_serves_on(fleet: Fleet, tmp_path: Path) -> None:
    sent(fleet, tmp_path, CSV)
    for file in (tmp_path / "files").glob("catalogue-*"):
        file.unlink()
    said = fleet.greet(cat_ver=0, tx=(20, 0))
    assert [one for one in said if one.get("kind") == "delta"] == []
    (answer,) = fleet.cloud.hear("req", request(4, "cat.full"))
    assert answer["err"]["code"] == "blob.unreachable"


@pytest.mark.slow
def test_a_terminal_fetches_it_from_edge_cloud_files(fleet: Fleet, tmp_path: Path) -> None:
    ours, port = Authorities(tmp_path / "ca"), free_port()
    place = Program("cloud", "files", "--dir", str(ours.folder), "--files", str(tmp_path / "files"), "--port",
                    str(port),
                    log=tmp_path / "files.log")  # fmt: skip
    place.start()
    box = BlobBox.__new__(BlobBox)
    box.roots = ours.roots
    (tmp_path / "shop").mkdir()
    Box.__init__(box, tmp_path / "shop")
    try:
        until(lambda: "ready" in place.text, "the place for files is open")
        notice = sent(fleet, tmp_path, many(0, 20_000), "--url", f"https://localhost:{port}")
        box.hear(Down.CAT, notice)
        box.come()
        assert (len(box.terminal.catalogue), box.terminal.catalogue.version, box.refusals()) == (20_000, 1, [])
    finally:
        box.terminal.close()
        place.stop()
