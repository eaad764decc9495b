"""The picture of a receipt at the page: drawn by a process of its own, from what the printer would get."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from edge.codec.escpos import Paper
from edge.config import load_settings
from edge.own_receipt import MAX_AT_IT, PATIENCE_S, ReceiptPreview
from edge.paper.apart import drawn_apart

AT = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
SHOP = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "data"
[receipt]
header = ["幸福路 12 号"]
"""


def preview(folder: Path, draw: Callable[[bytes, Paper], bytes] = drawn_apart) -> ReceiptPreview:
    (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
    return ReceiptPreview(load_settings(folder / "shop.toml"), draw)


def test_the_picture_is_of_the_shops_own_paper_and_grows_with_its_lines(tmp_path: Path) -> None:
    receipt = preview(tmp_path)
    assert receipt.lines == (("幸福路 12 号",), ())
    short, long = (receipt.picture(receipt.slip(lines, (), AT)) for lines in ((), ("甲", "乙")))
    assert short is not None and long is not None
    below, above = (Image.open(io.BytesIO(octets)) for octets in (short, long))
    assert below.width == above.width and above.height > below.height
    assert len(long) < 100_000


def test_who_comes_when_two_wait_already_is_told_at_once(tmp_path: Path) -> None:
    begun, over = threading.Event(), threading.Event()

    def draw(octets: bytes, paper: Paper) -> bytes:
        begun.set()
        assert over.wait(PATIENCE_S)
        return b"PNG"

    receipt = preview(tmp_path, draw)
    slip = receipt.slip((), (), AT)
    with ThreadPoolExecutor(MAX_AT_IT + 1) as pool:
        first = pool.submit(receipt.picture, slip)
        assert begun.wait(PATIENCE_S)
        others = [pool.submit(receipt.picture, slip) for _ in range(MAX_AT_IT)]
        refused = next(as_completed(others, timeout=PATIENCE_S / 2))
        assert refused.result() is None
        over.set()
        assert first.result() == b"PNG"
        assert [one.result() for one in others if one is not refused] == [b"PNG"] * (MAX_AT_IT - 1)
