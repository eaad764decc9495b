"""Receipts as pictures on the live page: drawn once, when somebody looks; secrets are never there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Queue
from threading import Thread

from box_bench import running
from own_page_bench import PNG, served, with_password, with_pin
from starlette.concurrency import run_in_threadpool
from test_own_page import Viewer

from edge.codec.escpos import PAPER_58, encode_slip
from edge.errors import EdgeError
from edge.messages import SendPrint
from edge.model.slip import Row, Slip, Text
from edge.web.album import KEPT, Album
from edge.web.feed import Feed

RECEIPT = Slip((Text("小店"), Row("绿茶", "3.50")))


def test_a_receipt_that_is_printed_comes_live_and_its_picture_is_what_the_printer_has(tmp_path: Path) -> None:
    with running(tmp_path) as box:
        viewer = Viewer(box.browser)
        box.sell()
        item = viewer.until("paper")
        viewer.close()
        assert "绿茶 3.50" in item, "for who cannot see it"
        address = item.split('src="')[1].split('"')[0]
        status, headers, png = box.browser.picture(address)
        assert (status, headers["Content-Type"], headers["Cache-Control"]) == (200, "image/png", "no-store")
        assert png.startswith(PNG)
        page = box.browser.get("/live").text
        assert address in page and page.count('class="paper"') == 1, "the slips with PIN and card are not there"


def test_a_picture_is_drawn_once_however_many_look() -> None:
    page = with_password()
    page.album.sent(SendPrint("job-1", RECEIPT, 0, is_receipt=True))
    with served(page) as browser, served(page) as other:
        for one in (browser, other):
            one.log_in()
            for _ in range(2):
                one.connection.request(
                    "GET", "/paper/job-1.png", headers={"Cookie": f"session={one.cookies['session']}"}
                )
                assert one.connection.getresponse().read() == PNG
    assert page.drawn == [RECEIPT]


def test_a_picture_is_for_who_is_logged_in_with_a_password() -> None:
    for page in (with_password(), with_pin()):
        page.album.sent(SendPrint("job-1", RECEIPT, 0, is_receipt=True))
        with served(page) as browser:
            assert browser.get("/paper/job-1.png").status == 401
    with served(with_pin()) as browser:
        browser.log_in("8JGP9PRMVS9XR")
        assert browser.get("/paper/job-1.png").status == 401


def test_a_slip_that_is_no_receipt_is_neither_shown_nor_kept() -> None:
    page = with_password()
    page.album.sent(SendPrint("job-1", Slip((Text("8JGP-9PRM-VS9XR"),)), 0))
    with served(page) as browser:
        browser.log_in()
        assert browser.get("/paper/job-1.png").status == 404
        assert "8JGP" not in browser.get("/live").text and browser.get("/api/live").json["papers"] == []


def test_only_the_newest_are_kept() -> None:
    page = with_password()
    for number in range(KEPT + 3):
        page.album.sent(SendPrint(f"job-{number}", RECEIPT, 0, is_receipt=True))
    assert [one.job for one in page.album.newest()] == [f"job-{number}" for number in range(KEPT + 2, 2, -1)]
    assert look(page.album, "job-0") is None


def test_a_picture_that_failed_is_tried_again_by_the_next_who_looks() -> None:
    tries: list[Slip] = []

    def draw(slip: Slip, copy_no: int) -> bytes:
        tries.append(slip)
        if len(tries) == 1:
            raise EdgeError("no memory")
        return encode_slip(slip, PAPER_58)

    jobs: Queue[object] = Queue()

    def run(_: str, work: object) -> bool:
        jobs.put(work)
        return True

    album = Album(Feed(), draw, run)
    album.sent(SendPrint("job-1", RECEIPT, 0, is_receipt=True))
    worker = Thread(target=work_off, args=(jobs,))
    worker.start()
    assert look(album) == b""
    assert look(album) and look(album)
    jobs.put(None)
    worker.join()
    assert len(tries) == 2


def test_when_too_many_jobs_wait_there_is_none_and_the_next_look_asks_again() -> None:
    taken: list[str] = []

    def run(job: str, _: object) -> bool:
        taken.append(job)
        return False

    album = Album(Feed(), lambda slip, copy_no: b"", run)
    album.sent(SendPrint("job-1", RECEIPT, 0, is_receipt=True))
    assert look(album) == look(album) == b""
    assert taken == ["page.paper"] * 2


def test_whoever_waits_for_a_picture_takes_no_thread_from_the_page() -> None:
    jobs: list[Callable[[], object]] = []

    def run(_: str, work: Callable[[], object]) -> bool:
        jobs.append(work)
        return True

    album = Album(Feed(), lambda slip, copy_no: PNG, run)
    album.sent(SendPrint("job-1", RECEIPT, 0, is_receipt=True))

    async def crowd() -> list[bytes | None]:
        waiting = [asyncio.ensure_future(album.png("job-1")) for _ in range(60)]
        await asyncio.sleep(0)
        (work,) = jobs
        await run_in_threadpool(work)
        return await asyncio.gather(*waiting)

    assert asyncio.run(crowd()) == [PNG] * 60


def test_a_picture_that_cannot_be_drawn_now_is_told_as_that() -> None:
    page = with_password()
    page.album = Album(page.feed, page.draw, lambda job, work: False)
    page.album.sent(SendPrint("job-1", RECEIPT, 0, is_receipt=True))
    with served(page) as browser:
        browser.log_in()
        answer = browser.get("/paper/job-1.png")
        assert answer.status == 503 and answer.headers["Retry-After"] == "10"


def look(album: Album, job: str = "job-1") -> bytes | None:
    return asyncio.run(album.png(job))


def work_off(jobs: Queue[object]) -> None:
    """As the jobs thread does, until it is given what is no work."""
    while callable(work := jobs.get()):
        with suppress(EdgeError):
            work()
