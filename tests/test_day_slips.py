"""The slips of the shop day: the same lines in both languages, and no word that the paper has to break."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import slips

from edge.codec.escpos import PAPER_58, PAPER_80, Paper
from edge.codec.gb18030 import cells
from edge.model import day_slip, evening_slip, shift_slip, tab_slip, training_slip
from edge.model.badge import Badge, Role
from edge.model.badge_slip import badge_slip
from edge.model.carrier import Carriers
from edge.model.day_records import DayClosed
from edge.model.slip import Align, Row, Slip, Text
from edge.model.takings import Takings

EVERY = [(language, name) for language in slips.SHOPS for name, _ in slips.slips(language)]


def slip_of(language: str, name: str) -> Slip:
    return dict(slips.slips(language))[name]


@pytest.mark.parametrize("paper", [PAPER_58, PAPER_80])
@pytest.mark.parametrize(("language", "name"), EVERY)
def test_every_line_fits_on_the_paper(language: str, name: str, paper: Paper) -> None:
    for block in slip_of(language, name).blocks:
        room = paper.columns // (2 if getattr(block, "big", False) else 1)
        if isinstance(block, Text):
            assert cells(block.text) <= room, block
        if isinstance(block, Row):
            assert cells(block.left) + 1 + cells(block.right) <= room, block


@pytest.mark.parametrize("words", [day_slip.WORDS, evening_slip.WORDS, shift_slip.WORDS, tab_slip.WORDS])
def test_both_languages_have_every_word(words: dict[str, dict[str, str]]) -> None:
    assert words["zh-CN"].keys() == words["en"].keys()
    assert training_slip.MARK.keys() == words.keys()


@pytest.mark.parametrize("name", ["evening", "z-report", "shift", "training", "tab-statement", "tab-sale"])
def test_a_slip_has_the_same_shape_in_both_languages(name: str) -> None:
    kinds = [[type(block) for block in slip_of(language, name).blocks] for language in slips.SHOPS]
    assert kinds[0] == kinds[1]


def test_what_came_off_is_shown_between_what_was_sold_and_what_was_paid() -> None:
    rows = {block.left: block.right for block in slip_of("zh-CN", "z-report").blocks if isinstance(block, Row)}
    assert (rows["销售 143 单"], rows["优惠"], rows["抹零"], rows["退货 2 单"], rows["实收"]) == (
        "1987.50", "-13.50", "-1.20", "-10.50", "￥1961.10",
    )  # fmt: skip
    assert (rows["  其中无小票 1 单"], rows["赊账还款 1 笔"], rows["赊账未收"]) == ("-3.50", "9.80", "-11.00")
    assert (rows["退现金 2 笔"], rows["交班少"]) == ("-10.50", "0.50")


def test_the_last_number_of_the_sample_counts_all_that_has_one() -> None:
    """Sales, refunds and repayments."""
    took = slips.TOOK
    count = took.times("sale") + took.times("refund") + took.times("tab_repaid")
    assert slips.REPORT.last == f"261123-1-{count:04d}"


def test_a_training_slip_has_its_time_where_others_have_their_number() -> None:
    rows = [block for block in slip_of("zh-CN", "training").blocks if isinstance(block, Row)]
    assert rows[0] == Row(f"时间 {slips.NOW}", "机号 1")


def test_a_refund_tells_its_own_number_from_the_receipts() -> None:
    blocks = slip_of("en", "refund").blocks
    assert Row("Refund no. 261123-1-0043", "Till 1") in blocks
    assert Text("Of receipt 261123-1-0042") in blocks


@pytest.mark.parametrize(("name", "rows"), [("幸福超市", ["门店", "卡号"]), ("王姐", ["门店", "姓名", "卡号"])])
def test_the_shop_is_not_the_name_of_its_owner(name: str, rows: list[str]) -> None:
    badge = Badge("461c208525f7", "h", Role.OWNER, name, datetime(2026, 11, 23, tzinfo=UTC))
    slip = badge_slip(badge, code="O", store="幸福超市", language="zh-CN")
    assert [block.left for block in slip.blocks if isinstance(block, Row)] == rows
    assert "带锁的卡" in "".join(block.text for block in slip.blocks if isinstance(block, Text))


def test_a_day_of_nothing_and_a_method_that_nobody_named_are_printed() -> None:
    nothing = DayClosed(1, slips.DAY, "1", Takings(), None, None)
    assert (
        Text("没有销售", Align.CENTRE)
        in day_slip.x_slip(nothing, Carriers(), shop="s", now="n", language="zh-CN").blocks
    )
    strange = DayClosed(1, slips.DAY, "1", Takings((("pay.shells", 2, 500),)), None, None)
    assert Row("shells (2)", "5.00") in day_slip.x_slip(strange, Carriers(), shop="s", now="n", language="en").blocks
