"""A problem from its first moment to its last, on a terminal that runs: seen, told in words, mended, gone."""

from __future__ import annotations

from pathlib import Path

from box_bench import RunningBox, running
from test_own_page import Viewer


def test_a_paper_out_is_found_fixed_and_gone_without_a_reload(tmp_path: Path) -> None:
    with running(tmp_path) as box:
        before = len(box.papers())
        viewer = Viewer(box.browser)
        with box.hands:
            box.printer.out_of_paper()
        while "没纸了" not in (state := viewer.until("state")):
            pass
        assert 'href="/fix?kind=device.paper_out&amp;what=receipt_printer"' in state
        while "device.paper_out receipt_printer" not in viewer.until("problems"):
            pass
        page = box.browser.get("/fix?kind=device.paper_out&what=receipt_printer").text
        assert "小票先排队" in page and page.count("<li>") > 4 and "放一卷新纸" in page
        assert 'action="/devices/print"' in page, "a test print shows that it is mended"

        box.sell()
        box.until(lambda: "待打小票" in box.browser.get("/").text, "a receipt that waits")
        assert len(box.papers()) == before, "the sale is booked, its paper waits"
        assert "3.50" in box.browser.get("/").text

        with box.hands:
            box.printer.refill()
        while "没纸了" in viewer.until("state"):
            pass
        while "device.paper_out" in viewer.until("problems"):
            pass
        box.until(lambda: any("绿茶" in paper for paper in box.papers()), "the receipt that waited, by itself")
        box.until(lambda: "待打小票" not in box.browser.get("/").text, "nothing that waits")
        page = box.browser.get("/fix?kind=device.paper_out&what=receipt_printer").text
        assert 'data-solved="device.paper_out receipt_printer"><p' in page
        assert 'data-problem="device.paper_out receipt_printer" hidden' in page
        viewer.close()


def torn(box: RunningBox) -> bool:
    """Whether the cover was opened while the printer printed."""
    with box.hands:
        if box.printer.busy:
            box.printer.open_cover()
        return box.printer.cover_open


def test_a_receipt_that_was_cut_short_is_a_problem_until_somebody_sees_to_it(tmp_path: Path) -> None:
    with running(tmp_path) as box:
        box.sell()
        box.until(lambda: torn(box), "a receipt on its way")
        box.until(lambda: "有小票不确定打没打出来" in box.browser.get("/").text, "the doubt")
        page = box.browser.get("/fix?kind=paper.doubtful&what=receipts").text
        job = page.split('name="job" value="')[1].split('"')[0]
        assert "小票在" in page and "3.50" in page
        with box.hands:
            box.printer.close_cover()
        told = box.browser.post("/fix/again", {"job": job, "back": "/fix?kind=paper.doubtful&what=receipts"})
        assert told.headers["Location"] == "/fix?kind=paper.doubtful&what=receipts"
        box.until(lambda: any("重打" in paper for paper in box.papers()), "the copy")
        box.until(lambda: "一切正常" in box.browser.get("/").text, "that all is well")
        box.browser.get("/fix?kind=paper.doubtful&what=receipts")
        box.browser.post("/fix/again", {"job": job})
        assert "没有做成" in box.browser.get("/").text, "from two phones at once it is printed once"
