"""The day as a table for docs/shop-day.md, and its Z report as a picture: `make day-page`.

What people wrote around the table stays as it is.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from day_hands import Hands
from day_play import SEED
from day_script import Deal, read_script
from day_world import DayWorld, VirtualStage

from edge.codec.escpos import PAPER_58, encode_slip
from edge.model.day_slip import WORDS
from edge.model.slip import Align, Text
from edge.paper.picture import render_png

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "shop-day.md"
PICTURE = ROOT / "docs" / "shop-day-z.png"
Z_TITLE = Text(WORDS["zh-CN"]["z"], Align.CENTRE, bold=True, big=True)
BEGIN, END = "<!-- the day -->", "<!-- /the day -->"


def page() -> str:
    """The part of the page that is made of the script."""
    return "\n".join(
        (BEGIN, "| time | what | what the hands do | what is expected |", "|---|---|---|---|", *_rows(), END)
    )


def _rows() -> Iterator[str]:
    for deal in read_script().deals:
        yield f"| {deal.text['at']} | {deal.what} | {deal.text['do']} | {_expected(deal)} |"


def _expected(deal: Deal) -> str:
    return f"{deal.text['gives']}; *{deal.says}*"


def picture() -> bytes:
    """What the printer made of the Z report, as the day is played in calm."""
    script = read_script()
    with tempfile.TemporaryDirectory() as folder:
        world = DayWorld(Path(folder), script, seed=SEED)
        try:
            world.open()
            stage = VirtualStage(world, Random(SEED))
            Hands(script, stage).play()
            stage.rest()
            z = next(slip for slip in world.box.slips if Z_TITLE in slip.blocks)
            return render_png(encode_slip(z, PAPER_58), PAPER_58)
        finally:
            world.close()


def main() -> int:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{page()}{rest.partition(END)[2]}", encoding="utf-8")
    PICTURE.write_bytes(picture())
    return 0


if __name__ == "__main__":
    sys.exit(main())
