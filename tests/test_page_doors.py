"""A door at the page: picked, or typed as it stands on the door; one that is not there is told at its field."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from own_page_bench import MANY_DOORS, served, with_password

ONE_OF_THE_FIELD = (("zh-CN", "没有 {door} 这扇门"), ("en", "There is no door {door} here."))


@pytest.mark.parametrize("typed", ["2", "02", "２", "B02", "b02", "ｂ０２", " b02 "])
@pytest.mark.parametrize("path", ["/devices", "/setup?step=tests"])
def test_a_door_is_meant_by_its_number_or_its_cell_however_it_is_typed(typed: str, path: str) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        assert browser.post("/devices/door", {"door": typed, "back": path}).headers["Location"] == path
        assert "2 号门开了，看完请关上" in browser.get(path).text
    assert [order.args["box"] for order in page.orders] == ["B02"]


@pytest.mark.parametrize("path", ["/devices", "/setup?step=tests"])
def test_the_doors_that_there_are_are_offered_and_none_is_chosen_beforehand(path: str) -> None:
    with served(with_password()) as browser:
        browser.log_in()
        choices = re.findall(r'<option value="(.*?)"(?: selected)?>(.*?)</option>', browser.get(path).text)
        assert [one for one in choices if one[0] in ("", "B01", "B02")] == [
            ("", "请选一扇"), ("B01", "1 · B01"), ("B02", "2 · B02"),
        ]  # fmt: skip


def test_of_a_large_wall_the_number_is_typed() -> None:
    page = with_password()
    page.doors = MANY_DOORS
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/devices").text
        assert '<input id="devicesdoor-door"' in text and "1 · C01" not in text
        browser.post("/devices/door", {"door": "41"})
    assert [order.args["box"] for order in page.orders] == ["C41"]


@pytest.mark.parametrize(("language", "sentence"), ONE_OF_THE_FIELD)
@pytest.mark.parametrize("typed", ["3", "b12", "-1", "0"])
def test_a_door_that_is_not_there_is_told_at_its_field_in_the_readers_language(
    language: str, sentence: str, typed: str
) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.post("/language", {"language": language, "back": "/devices"})
        answer = browser.post("/devices/door", {"door": typed})
        assert answer.status == 422 and f'class="bad">{sentence.format(door=typed)}' in answer.text
        assert "there is no cell" not in answer.text
        assert re.search('<select id="devicesdoor-door"[^>]* autofocus', answer.text)
    assert page.orders == []


def test_of_two_doors_the_id_goes_before_the_number() -> None:
    page = with_password()
    page.doors = (replace(MANY_DOORS[0], id="2"), replace(MANY_DOORS[1], id="1"))
    with served(page) as browser:
        browser.log_in()
        browser.post("/devices/door", {"door": "2"})
        assert "1 号门开了" in browser.get("/devices").text
    assert [order.args["box"] for order in page.orders] == ["2"]
