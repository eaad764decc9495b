"""A catalogue that comes as a file over HTTPS: in pieces, checked, built as it is read, used at its hour (P15)."""

from __future__ import annotations

import gzip
import hashlib
import json
import ssl
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cloud_box import CloudBox
from identity_bench import Fleet
from test_configuring import SHOP

from edge.clock import iso_ms
from edge.cloud.downloads import PIECE
from edge.codec.topics import Down, Up
from edge.errors import WireError
from edge.reference_cloud.enrol_command import server_pair
from edge.services.catalogue_blob import FIRST_S, MAX_PIECES, TRIES
from edge.store.arrivals import Arrivals

COLA = "6901234567892"


def ndjson(goods: int = 1, price: int = 360) -> bytes:
    """Cola, and others."""
    lines = [{"op": "put", "sku": COLA, "name": "可乐", "price": price}]
    lines += [{"op": "put", "sku": f"s{k:06}", "name": f"商品 {k} {hashlib.sha256(b'%d' % k).hexdigest()[:24]}",
               "price": 100 + k % 900} for k in range(goods - 1)]  # fmt: skip
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


class Place:
    """An HTTPS server of files with its hand on the line. `cut`: octets of an answer, then the line breaks; once, or
    `cuts_all`.
    """

    def __init__(self, pair: tuple[Path, Path]) -> None:
        self.octets = b""
        self.status = 0
        self.cut: int | None = None
        self.cuts_all = False
        self.knows_ranges = True
        self.asked: list[str] = []
        place = self

        class Counterpart(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                place.answer(self)

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Counterpart)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        wanted = to.headers["Range"]
        self.asked.append(wanted)
        if self.status:
            to.send_error(self.status)
            return
        first, last = (int(end) for end in wanted.removeprefix("bytes=").split("-"))
        first, last = (first, last) if self.knows_ranges else (0, len(self.octets) - 1)
        part = self.octets[first : last + 1]
        to.send_response(206 if self.knows_ranges else 200)
        to.send_header("Content-Length", str(len(part)))
        if self.knows_ranges:
            to.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(self.octets)}")
        to.end_headers()
        cut, self.cut = self.cut, self.cut if self.cuts_all else None
        to.wfile.write(part[:cut])

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class BlobBox(CloudBox):
    """It fetches from localhost; version 1 with cola at 300 is in use."""

    def __init__(self, folder: Path, roots: Path, place: Place) -> None:
        self.roots, self.place = roots, place
        folder.mkdir()
        super().__init__(folder)
        op = {"op": "put", "sku": COLA, "name": "可乐", "price": 300}
        self.hear(Down.CAT, {"ver": 1, "base": 0, "kind": "delta", "inline": [op]})
        self.run_jobs()

    def start(self, *, reachable: bool = True) -> None:
        own = f'[cloud]\ndownload_hosts = ["localhost"]\nupload_ca_file = "{self.roots}"'
        self.config.write_text(SHOP.replace("[cloud]", own), encoding="utf-8")
        super().start(reachable=reachable)

    def tell_of(self, text: bytes, ver: int = 2, **more: Any) -> None:
        """A notice with a file that has `text`."""
        self.place.octets = gzip.compress(text, mtime=0)
        self.hear(Down.CAT, self.notice(ver) | more)

    def notice(self, ver: int) -> dict[str, Any]:
        octets = self.place.octets
        blob = {"url": f"https://localhost:{self.place.port}/goods", "size": len(octets),
                "sha256": hashlib.sha256(octets).hexdigest(), "enc": "gzip"}  # fmt: skip
        return {"ver": ver, "base": 1, "kind": "delta", "blob": blob}

    def come(self, seconds: float = 5.0) -> None:
        """Timers and jobs, until nothing is left to do."""
        for _ in range(int(seconds)):
            self.pass_s(1)
            self.run_jobs()

    def wait(self, seconds: float) -> None:
        """As long as it takes, with its jobs done meanwhile."""
        for _ in range(int(seconds / 100) + 1):
            self.pass_s(100)
            self.run_jobs()

    def price(self) -> int | None:
        item = self.terminal.catalogue.by_sku(COLA)
        return item.price if item else None

    def refusals(self) -> list[tuple[int, str]]:
        return [(row["ver"], row["code"]) for row in self.rows("cat.rejected")]

    def kept(self) -> list[Path]:
        return list((self.config.parent / "data" / "incoming").glob("*"))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def place(fleet: Fleet) -> Iterator[Place]:
    place = Place(server_pair(fleet.folder))
    yield place
    place.stop()


@pytest.fixture
def box(tmp_path: Path, fleet: Fleet, place: Place) -> Iterator[BlobBox]:
    box = BlobBox(tmp_path / "shop", fleet.roots, place)
    yield box
    box.terminal.close()


def test_a_file_is_fetched_built_and_in_use(box: BlobBox) -> None:
    box.tell_of(ndjson(50))
    box.come()
    assert (box.price(), len(box.terminal.catalogue), box.terminal.catalogue.version) == (360, 50, 2)
    assert (box.kept(), box.refusals()) == ([], [])


def test_a_large_one_comes_in_pieces_and_a_broken_line_goes_on_where_it_was(box: BlobBox, place: Place) -> None:
    text = ndjson(20_000)
    place.cut = 100_000
    box.tell_of(text)
    box.come(4 + FIRST_S)
    assert (box.price(), len(box.terminal.catalogue)) == (360, 20_000)
    assert len(place.octets) > PIECE
    begun = [int(asked.removeprefix("bytes=").split("-")[0]) for asked in place.asked]
    assert (begun[0], begun[1], begun == sorted(set(begun))) == (0, 100_000, True)


def test_a_power_cut_keeps_what_came(box: BlobBox, place: Place) -> None:
    box.tell_of(ndjson(20_000))
    place.cut = 100_000
    box.pass_s(1)
    assert box.terminal.jobs.run_waiting()
    notice = box.notice(2)
    box.off()
    box.hear(Down.CAT, notice)
    box.come()
    assert (box.price(), place.asked[1].startswith("bytes=100000-")) == (360, True)


def test_a_server_without_ranges_sends_the_whole(box: BlobBox, place: Place) -> None:
    place.knows_ranges = False
    box.tell_of(ndjson(20_000))
    box.come()
    assert (box.price(), len(place.asked)) == (360, 1)


def test_it_waits_its_share_of_the_spread(box: BlobBox, place: Place) -> None:
    box.tell_of(ndjson(), spread_s=10_000)
    box.come(3)
    assert place.asked == []
    box.wait(10_000)
    assert box.price() == 360


def test_another_file_than_was_told_is_refused_and_the_whole_is_asked_for(box: BlobBox, place: Place) -> None:
    box.tell_of(ndjson())
    place.octets = place.octets[:-1] + b"!"
    box.come()
    assert (box.price(), box.refusals(), box.kept()) == (300, [(2, "blob.hash")], [])
    assert [one["type"] for one in box.said(Up.REQ)] == ["cat.full"]


def test_an_address_that_is_no_good_is_refused_at_once(box: BlobBox, place: Place) -> None:
    place.status = 403
    box.tell_of(ndjson())
    box.come()
    assert (len(place.asked), box.refusals()) == (1, [(2, "blob.unreachable")])


def test_a_server_that_is_ill_is_asked_so_many_times(box: BlobBox, place: Place) -> None:
    place.status = 503
    box.tell_of(ndjson())
    for _ in range(TRIES + 1):
        box.pass_s(400)
        box.run_jobs()
    assert (len(place.asked), box.refusals(), box.price()) == (TRIES, [(2, "blob.unreachable")], 300)


def test_a_server_that_sends_the_whole_and_always_breaks_off_is_asked_so_many_times(box: BlobBox, place: Place) -> None:
    place.knows_ranges, place.cut, place.cuts_all = False, 1_000, True
    box.tell_of(ndjson(500))
    for _ in range(TRIES + 1):
        box.pass_s(400)
        box.run_jobs()
    assert (len(place.asked), box.refusals(), box.price()) == (TRIES, [(2, "blob.unreachable")], 300)


def test_a_server_that_gives_an_octet_at_a_time_is_given_up(box: BlobBox, place: Place) -> None:
    place.cut, place.cuts_all = 1, True
    box.tell_of(ndjson(50))
    assert len(place.octets) > MAX_PIECES
    box.come(1)
    assert (len(place.asked), box.refusals(), box.price()) == (MAX_PIECES, [(2, "blob.unreachable")], 300)


@pytest.mark.parametrize("url", ["https://elsewhere.example/x", "https://localhost@elsewhere.example/x"])
def test_a_host_that_the_box_does_not_name_is_never_asked(box: BlobBox, place: Place, url: str) -> None:
    box.tell_of(ndjson())  # fetched later than the next
    box.off()
    notice = box.notice(2)
    notice["blob"] |= {"url": url}
    box.hear(Down.CAT, notice)
    box.hear(Down.CAT, notice)
    box.come()
    assert (place.asked, box.refusals(), box.price()) == ([], [(2, "blob.unreachable")], 300)


def test_a_server_with_another_certificate_gets_no_question(tmp_path: Path, place: Place) -> None:
    other = Fleet(tmp_path / "theirs")
    box = BlobBox(tmp_path / "shop", other.roots, place)
    box.tell_of(ndjson())
    box.come()
    assert (place.asked, box.price()) == ([], 300)
    box.terminal.close()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"op": "put", "sku": "x"', "schema.invalid"), (b"\xff\xfe", "proto.encoding"),
        (b'{"op": "burn", "sku": "x"}', "schema.invalid"), (b"x" * 100_000, "proto.encoding"),
        (b" " * 9_000_000, "proto.encoding"), (b'{"op": "put", "sku": "new"}', "schema.invalid"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_changes_nothing(box: BlobBox, text: bytes, code: str) -> None:
    box.tell_of(text)
    box.come()
    assert (box.price(), box.refusals()) == (300, [(2, code)])


def test_it_is_in_use_at_its_hour_also_after_a_power_cut(box: BlobBox) -> None:
    box.tell_of(ndjson(), eff=iso_ms(box.clock.wall() + timedelta(hours=2)))
    box.come()
    assert box.price() == 300
    box.off()
    box.come()
    assert box.price() == 300
    box.pass_s(7_200)
    assert box.price() == 360


def test_what_builds_on_a_version_that_waits_for_its_hour_waits_with_it(box: BlobBox) -> None:
    box.tell_of(ndjson(), eff=iso_ms(box.clock.wall() + timedelta(hours=2)))
    box.come()
    op = {"op": "put", "sku": COLA, "price": 999}
    box.hear(Down.CAT, {"ver": 3, "base": 2, "kind": "delta", "inline": [op]})
    box.come()
    assert (box.price(), box.said(Up.REQ)) == (300, [])
    box.wait(7_200)
    assert (box.price(), box.terminal.catalogue.version, box.said(Up.REQ)) == (999, 3, [])


def test_what_builds_on_a_file_that_waits_its_share_of_the_spread_waits_with_it(box: BlobBox) -> None:
    box.tell_of(ndjson(), spread_s=10_000)
    for ver in (3, 4):
        op = {"op": "put", "sku": COLA, "price": 900 + ver}
        box.hear(Down.CAT, {"ver": ver, "base": ver - 1, "kind": "delta", "inline": [op]})
    box.come(3)
    assert box.price() == 300
    box.wait(10_000)
    assert (box.price(), box.terminal.catalogue.version, box.said(Up.REQ)) == (904, 4, [])


def test_the_whole_may_come_as_a_file_too(box: BlobBox, place: Place) -> None:
    box.hear(Down.CAT, {"ver": 5, "base": 4, "kind": "delta", "inline": []})
    place.octets = gzip.compress(ndjson(price=777), mtime=0)
    out = {"ver": 5, "kind": "full", "blob": box.notice(5)["blob"]}
    box.hear(Down.RES, {"cid": box.said(Up.REQ)[-1]["cid"], "ok": True, "out": out})
    box.come()
    assert (box.price(), box.terminal.catalogue.version) == (777, 5)


def test_lines_are_read_without_the_whole_in_memory(tmp_path: Path) -> None:
    arrivals = Arrivals(tmp_path)
    text = ndjson(20_000)
    arrivals.keep("x", 0, [gzip.compress(text)])
    tracemalloc.start()
    assert sum(1 for _ in arrivals.lines("x", packed=True)) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000 < len(text)


def test_a_file_whose_end_is_missing_or_that_goes_on_is_no_gzip(tmp_path: Path) -> None:
    arrivals, packed = Arrivals(tmp_path), gzip.compress(ndjson(9))
    for octets in (packed[:-9], packed + b"x", b"no gzip"):
        arrivals.keep("x", 0, [octets])
        with pytest.raises(WireError, match="gzip"):
            list(arrivals.lines("x", packed=True))
