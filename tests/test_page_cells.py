"""The cells at the page: what is wrong at which field, what is ordered, and what a door tells of itself."""

from __future__ import annotations

from typing import Any

import pytest
from own_page_bench import WALL, OwnPage, cell_facts, served, with_password

from edge.model.commissioning import Finding, Step, Trouble, commissioning
from edge.model.door import Contacts, Wiring
from edge.services.wall_setup import BoardSetup

SEEN = "mark-2"


def cells_of(page: OwnPage) -> dict[str, tuple[int, str, bool]]:
    """Id → (number, size, out of service), as the last order has them."""
    order = page.orders[-1]
    assert order.type == "cells.put" and order.args["seen"] == SEEN
    return {one["id"]: (one["door"], one["size"], one.get("off", False)) for one in order.args["cells"]}


def posted(page: OwnPage, path: str, **fields: str) -> tuple[int, str]:
    with served(page) as browser:
        browser.log_in()
        browser.get("/cells")
        answer = browser.post(f"/cells/{path}", fields | {"back": "/cells?change=B01"})
        return answer.status, answer.text if answer.status != 303 else browser.get("/cells").text


def test_a_cell_gets_another_number_and_size() -> None:
    page = with_password()
    status, text = posted(page, "change", cell="B01", door="7", size="XL", seen=SEEN)
    assert status == 303 and "格口保存了" in text
    assert cells_of(page) == {"B01": (7, "XL", False), "B02": (2, "M", False)}


@pytest.mark.parametrize(("change", "sentence"), [
    ({"door": "2"}, "B02 已经是这个号"), ({"door": "0"}, "最小是 1"), ({"door": "10000"}, "最大是 9999"),
    ({"door": "七"}, "要填整数"), ({"door": ""}, "要填整数"), ({"size": "XXL"}, "请看标红"),
])  # fmt: skip
def test_what_is_wrong_stands_at_the_field(change: dict[str, str], sentence: str) -> None:
    page = with_password()
    given = {"cell": "B01", "door": "7", "size": "M", "seen": SEEN} | change
    status, text = posted(page, "change", **given)
    assert status == 422 and sentence in text and page.orders == []


def test_doors_that_are_crossed_change_their_numbers() -> None:
    page = with_password()
    posted(page, "which", cell="B01", door="2", seen=SEEN)
    assert cells_of(page) == {"B01": (2, "S", False), "B02": (1, "M", False)}


def test_a_door_that_is_the_right_one_changes_nothing() -> None:
    page = with_password()
    assert "就是 1 号门" in posted(page, "which", cell="B01", door="1", seen=SEEN)[1]
    assert page.orders == []


def test_cells_are_added_for_the_locks_that_have_none() -> None:
    page = with_password()
    posted(page, "add", board="locker_wall:1", locks="4", size="L", seen=SEEN)
    assert cells_of(page) == {
        "B01": (1, "S", False), "B02": (2, "M", False), "B1-03": (3, "L", False), "B1-04": (4, "L", False),
    }  # fmt: skip


@pytest.mark.parametrize(("board", "locks", "sentence"), [
    ("locker_wall:2", "4", "没有这块锁板"), ("elsewhere:1", "4", "没有这块锁板"), ("柜子", "4", "格式不对"),
    ("locker_wall:1", "17", "最大是 16"), ("locker_wall:1", "0", "最小是 1"), ("locker_wall:1", "x", "要填整数"),
])  # fmt: skip
def test_what_the_board_does_not_have_is_told(board: str, locks: str, sentence: str) -> None:
    page = with_password()
    status, text = posted(page, "add", board=board, locks=locks, size="L", seen=SEEN)
    assert status == 422 and sentence in text and page.orders == []


def test_a_cell_is_removed_and_one_that_is_gone_is_told() -> None:
    page = with_password()
    posted(page, "remove", cell="B02", seen=SEEN)
    assert list(cells_of(page)) == ["B01"]
    for path, more in (("remove", {}), ("which", {"door": "1"}),
                       ("change", {"door": "1", "size": "S"})):  # fmt: skip
        assert "没有这个格口" in posted(page, path, cell="Z9", seen=SEEN, **more)[1]
    assert len(page.orders) == 1


@pytest.mark.parametrize(("answer", "to"), [
    ({"state": "done"}, "/cells?opened=B01#opened"),
    ({"state": "failed", "err": {"code": "cmd.outcome_unknown", "msg": "x"}}, "/cells?opened=B01#opened"),
    ({"state": "failed", "err": {"code": "hw.locker_offline", "msg": "x"}}, "/cells"),
    ({"state": "rejected", "err": {"code": "auth.denied", "msg": "a parcel"}}, "/cells"),
])  # fmt: skip
def test_after_a_pulse_it_is_asked_which_door_opened(answer: dict[str, Any], to: str) -> None:
    page = with_password()
    page.answer = answer
    with served(page) as browser:
        browser.log_in()
        browser.get("/cells")
        assert browser.post("/cells/open", {"cell": "B01"}).headers["Location"] == to
        assert ("打开的是哪一扇门" in browser.get("/cells?opened=B01").text) is True
        browser.post("/cells/open", {"cell": "Z9"})
    assert [(one.type, one.args["box"]) for one in page.orders] == [("locker.open", "B01")], "one pulse"


def test_looking_at_the_page_opens_nothing() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        for query in ("", "?opened=B01", "?change=B02", "?change=Z9&opened=%00"):
            assert browser.get(f"/cells{query}").status == 200
    assert page.orders == []


@pytest.mark.parametrize(("code", "sentence"), [("seq.conflict", "别人刚改过"), ("cfg.invalid", "why")])
def test_what_the_dispatcher_refuses_stands_at_the_field(code: str, sentence: str) -> None:
    page = with_password()
    page.answer = {"state": "rejected", "err": {"code": code, "msg": "why"}}
    status, text = posted(page, "change", cell="B01", door="7", size="M", seen=SEEN)
    assert status == 422 and sentence in text and 'value="7"' in text


def test_a_board_that_is_being_set_up_says_what_to_do_and_what_did_not_fit() -> None:
    machine, _ = commissioning((1, 2), Wiring()).looked(Contacts(b"\x00"))
    setup = BoardSetup(machine, Finding(Trouble.NOTHING_CHANGED, (1,)))
    assert machine.step is Step.OPEN_FIRST
    page = with_password()
    page.cells = cell_facts(setups=lambda: {("locker_wall", 1): setup})
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/cells").text
        assert "请用钥匙打开 1 号门（第 1 把锁）" in text and "没有变化。第 1 把锁" in text
        browser.post("/cells/commission", {"device": "locker_wall", "board": "1", "act": "look"})
    assert page.orders[0].args == {"device": "locker_wall", "board": 1, "act": "look"}


def test_a_map_that_counts_after_a_restart_says_so() -> None:
    page = with_password()
    page.cells = cell_facts(WALL, running="another")
    with served(page) as browser:
        browser.log_in()
        assert "重启以后才用新的" in browser.get("/cells").text
        browser.post("/cells/restart")
    assert [one.type for one in page.orders] == ["service.restart"]
