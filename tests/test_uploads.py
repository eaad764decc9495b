"""Files on the cloud's wish, over real HTTPS: whole, resumed where a line broke, nothing to a stranger (row 127)."""

from __future__ import annotations

import gzip
import json
import logging
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from identity_bench import Fleet
from test_cloud_wishes import WishBench

from edge.clock import SystemClock
from edge.cloud.https_line import allowed
from edge.cloud.uploads import send
from edge.codec import wire_command as wire
from edge.errors import CloudError, StoreError, WireError
from edge.messages import JobDone
from edge.reference_cloud.authority import SERVERS, Authority
from edge.services.uploading import TRIES, Ways
from edge.store.bundles import Bundle, Bundles
from edge.store.logs import log_to

MARK = "2026-11-26T02:14:58.004Z"


class Shelf(BaseHTTPRequestHandler):
    """Takes files as a store that knows ranges does; breaks off after `breaks_after` octets, once."""

    held: ClassVar[dict[str, bytearray]]
    breaks_after: ClassVar[int]
    status: ClassVar[int]
    knows_no_ranges: ClassVar[bool]

    def do_PUT(self) -> None:
        length, span = int(self.headers["Content-Length"]), self.headers.get("Content-Range", "")
        held = self.held.setdefault(self.path, bytearray())
        if type(self).status:
            self.rfile.read(length)
            self._answer(type(self).status)
        elif span.startswith("bytes */") and not type(self).knows_no_ranges:
            total = int(span.rpartition("/")[2])
            self._answer(201 if len(held) == total else 308, {"Range": f"bytes=0-{len(held) - 1}"} if held else {})
        else:
            first = int(span.split()[1].partition("-")[0]) if span and not type(self).knows_no_ranges else 0
            del held[first:]
            self._take(held, length)

    def _take(self, held: bytearray, length: int) -> None:
        while length > 0:
            block = self.rfile.read(min(4096, length))
            held += block
            length -= len(block)
            if 0 < type(self).breaks_after <= len(held):
                type(self).breaks_after = 0
                self.connection.shutdown(socket.SHUT_RDWR)
                return
        self._answer(201)

    def _answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


class OwnShelf(Shelf):
    knows_no_ranges: ClassVar[bool] = False
    held: ClassVar[dict[str, bytearray]] = {}
    breaks_after: ClassVar[int] = 0
    status: ClassVar[int] = 0


class Store:
    """An HTTPS server of our own authority, on loopback."""

    def __init__(self, folder: Path) -> None:
        fleet = Fleet(folder)
        self.roots = fleet.roots
        pair = folder / "store.pem"
        key, issued = Authority(folder / SERVERS).sign_server(["localhost"], SystemClock().wall())
        pair.write_bytes(key + issued.pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        self.shelf: type[Shelf] = OwnShelf
        self.server = HTTPServer(("127.0.0.1", 0), self.shelf)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}/files/log-1?sig=abc"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def file(self) -> bytes:
        return bytes(self.shelf.held.get("/files/log-1?sig=abc", b""))


@pytest.fixture(scope="module")
def module_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("store"))
    yield store
    store.server.shutdown()
    store.server.server_close()


@pytest.fixture
def store(module_store: Store) -> Store:
    module_store.shelf.held.clear()
    module_store.shelf.breaks_after = module_store.shelf.status = 0
    module_store.shelf.knows_no_ranges = False
    return module_store


@pytest.fixture
def bundles(tmp_path: Path) -> Bundles:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "terminal.log.1").write_text("2026-11-25T00:00:00.000Z INFO edge: older\n", encoding="utf-8")
    (logs / "terminal.log").write_text(f"{MARK} INFO edge: newer 您好\n", encoding="utf-8")
    return Bundles(tmp_path)


def unpacked(bundle: Bundle) -> str:
    return gzip.decompress(bundle.path.read_bytes()).decode()


def test_logs_are_packed_the_oldest_first_and_cut_to_the_newest(bundles: Bundles) -> None:
    whole = bundles.logs("a.gz", since="", max_octets=10_000)
    assert unpacked(whole).split("\n")[0].endswith("older")
    assert "older" not in unpacked(bundles.logs("b.gz", since="2026-11-26", max_octets=10_000))
    cut = unpacked(bundles.logs("c.gz", since="", max_octets=60))
    assert cut.endswith("newer 您好\n")
    assert "older" not in cut


def test_a_traceback_goes_with_the_line_that_it_follows(bundles: Bundles, tmp_path: Path) -> None:
    old, new = '  File "old.py", line 1\nValueError: old\n', '  File "new.py", line 1\nValueError: new\n'
    text = f"2026-11-25T00:00:00.000Z ERROR edge: old\n{old}{MARK} ERROR edge: new\n{new}"
    (tmp_path / "logs" / "terminal.log").write_text(text, encoding="utf-8")
    kept = unpacked(bundles.logs("a.gz", since="2026-11-26", max_octets=10_000))
    assert kept == f"{MARK} ERROR edge: new\n{new}"


def test_no_phone_stands_in_a_log_not_even_in_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    kept = list(logging.getLogger().handlers), logging.getLogger().level
    log_to(tmp_path)
    try:
        try:
            raise ValueError("courier 13812345678")
        except ValueError:
            logging.getLogger("edge").exception("of %s", "13812345678")
        logging.getLogger("edge").info("%d rows", "x")
    finally:
        for handler in logging.getLogger().handlers:
            handler.close()
        logging.getLogger().handlers[:], logging.getLogger().level = kept
    texts = (tmp_path / "logs" / "terminal.log").read_text(), capsys.readouterr().err
    for text in texts:
        assert "13812345678" not in text and "ValueError: courier ****5678" in text
    assert re.match(r"\d\d:\d\d:\d\d[+-]\d{4} edge: ", texts[1]), "of which zone the console's time is"


def test_a_journal_that_does_not_fit_is_none(bundles: Bundles) -> None:
    rows = [{"n": n, "at": MARK} for n in range(1, 100)]
    assert gzip.decompress(bundles.rows("a.gz", rows, since="", max_octets=10_000).path.read_bytes()).count(b"\n") == 99
    with pytest.raises(StoreError, match="larger than what was asked for"):
        bundles.rows("b.gz", rows, since="", max_octets=100)
    bundles.drop_all()
    assert not list((bundles.rows("c.gz", [], since="", max_octets=10).path.parent).glob("a.gz"))


def test_a_file_arrives_whole(bundles: Bundles, store: Store) -> None:
    bundle = bundles.logs("a.gz", since="", max_octets=10_000)
    send(bundle.path, store.url, roots=store.roots, begun=False)
    assert store.file == bundle.path.read_bytes()


def test_a_sending_that_broke_off_goes_on_where_it_stood(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "large.gz"
    path.write_bytes(bytes(range(256)) * 2_000)
    store.shelf.breaks_after = 100_000
    with pytest.raises(CloudError, match="not taken"):
        send(path, store.url, roots=store.roots, begun=False)
    assert 100_000 <= len(store.file) < path.stat().st_size
    send(path, store.url, roots=store.roots, begun=True)
    assert store.file == path.read_bytes()
    send(path, store.url, roots=store.roots, begun=True)
    assert store.file == path.read_bytes(), "it was there already"


def test_a_server_that_knows_no_ranges_gets_the_whole_once_more(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "large.gz"
    path.write_bytes(bytes(range(256)) * 2_000)
    store.shelf.knows_no_ranges = True
    store.shelf.breaks_after = 100_000
    with pytest.raises(CloudError, match="not taken"):
        send(path, store.url, roots=store.roots, begun=False)
    send(path, store.url, roots=store.roots, begun=True)
    assert store.file == path.read_bytes()


def test_roots_that_are_missing_are_told_and_tried_again(bundles: Bundles, store: Store, tmp_path: Path) -> None:
    with pytest.raises(CloudError, match="not taken"):
        send(bundles.logs("a.gz", since="", max_octets=99).path, store.url, roots=tmp_path / "none.pem", begun=False)


ENDS = [(403, WireError), (410, WireError), (500, CloudError), (429, CloudError)]


@pytest.mark.parametrize(("status", "error"), ENDS)
def test_what_the_store_says_is_told_apart(bundles: Bundles, store: Store, status: int, error: type[Exception]) -> None:
    store.shelf.status = status
    with pytest.raises(error):
        send(bundles.logs("a.gz", since="", max_octets=99).path, store.url, roots=store.roots, begun=False)


def test_nothing_is_sent_to_whom_nobody_vouches_for(bundles: Bundles, store: Store) -> None:
    with pytest.raises(CloudError, match=r"certificate|CERTIFICATE"):
        send(bundles.logs("a.gz", since="", max_octets=99).path, store.url, roots=None, begun=False)
    assert store.file == b""


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://files.example/x", True), ("https://files.example:8443/x?y=1", True),
        ("https://Files.Example/x", True), ("https://files.example:99999/x", False),
        ("http://files.example/x", False),
        ("https://files.example.evil/x", False), ("https://evil/files.example", False),
        ("https://files.example@evil/x", False), ("https://me@files.example/x", False), ("https://[::1", False),
    ],
)  # fmt: skip
def test_only_hosts_of_the_boxs_own_file_are_sent_to(url: str, good: bool) -> None:
    assert allowed(url, ("files.example",)) is good


# --- the command -----------------------------------------------------------------------------------------------------


class Ready:
    octets, sha256 = 1_234, "ab" * 32


class UploadBench(WishBench):
    """The jobs are run by hand; `failures` are what the next tries end with."""

    def boot(self) -> None:
        self.failures: list[Exception] = []
        self.tries: list[int] = []
        self.ways = Ways(lambda *args: Ready(), self._send, lambda: None, lambda url: "files.example" in url)
        super().boot()

    def _send(self, bundle: object, url: str, tries: int) -> None:
        self.tries.append(tries)
        if self.failures:
            raise self.failures.pop(0)

    def work(self) -> None:
        """All jobs that wait, and what they lead to at once."""
        while self.waiting_jobs:
            job, work = self.waiting_jobs.pop(0)
            try:
                done = JobDone(job, work())
            except (CloudError, WireError, StoreError) as error:
                done = JobDone(job, error=error)
            self.tell(done)


@pytest.fixture
def shop(tmp_path: Path) -> UploadBench:
    return UploadBench(tmp_path / "shop")


PUT = {"put": "https://files.example/log-1"}


def test_done_is_what_arrived(shop: UploadBench) -> None:
    cid = shop.give(wire.LOGS, PUT)
    assert shop.states(cid) == ["accepted"]
    shop.work()
    shop.pass_s(1)
    shop.work()
    assert (shop.heard(cid).state, shop.heard(cid).out) == ("done", {"octets": 1_234, "sha256": "ab" * 32})


def test_a_line_that_breaks_is_tried_again_later_and_later(shop: UploadBench) -> None:
    shop.failures = [CloudError("gone"), CloudError("gone")]
    cid = shop.give(wire.JOURNAL, PUT)
    for _ in range(30):
        shop.work()
        shop.pass_s(1)
    assert (shop.heard(cid).state, shop.tries) == ("done", [1, 2, 3])


def test_it_gives_up_in_the_end(shop: UploadBench) -> None:
    shop.failures = [CloudError("gone")] * TRIES
    cid = shop.give(wire.DIAGNOSIS, PUT)
    for _ in range(40):
        shop.work()
        shop.pass_s(60)
    assert (shop.heard(cid).err.code, len(shop.tries)) == ("blob.unreachable", TRIES)


def test_an_address_that_is_over_is_not_tried_again(shop: UploadBench) -> None:
    shop.failures = [WireError("auth.denied", "the address is no good any more")]
    cid = shop.give(wire.LOGS, PUT)
    for _ in range(5):
        shop.work()
        shop.pass_s(10)
    assert (shop.heard(cid).err.code, shop.tries) == ("auth.denied", [1])


def test_a_strangers_address_and_a_second_one_are_refused(shop: UploadBench) -> None:
    assert shop.heard(shop.give(wire.LOGS, {"put": "https://evil.example/x"})).err.code == "auth.denied"
    shop.give(wire.LOGS, PUT)
    assert shop.heard(shop.give(wire.LOGS, PUT)).err.code == "cmd.busy"


def test_a_diagnosis_tells_no_receipts_and_no_bodies(tmp_path: Path) -> None:
    told = Bundles(tmp_path).diagnosis("a.gz", {"state": {"x": 1}, "journal": [{"n": 1}]}, max_octets=10_000)
    lines = gzip.decompress(told.path.read_bytes()).decode().splitlines()
    assert [json.loads(line) for line in lines] == [{"state": {"x": 1}}, {"journal": [{"n": 1}]}]
