"""A technician with a phone tries the devices of a new box, and never loses the place where they were (row 103)."""

from __future__ import annotations

import pytest
from browser_bench import LANGUAGES, PHONE, Technician
from browser_fixtures import browser as browser
from browser_fixtures import playwright as playwright
from browser_fixtures import shop as shop
from browser_fixtures import technician as technician
from playwright.sync_api import Locator, expect
from shop_bench import TID

from edge.model.first_setup import Step

pytestmark = pytest.mark.chaos
TESTS = "/setup?step=tests"
SEEN_MS = 10_000
TOP = "one => one.getBoundingClientRect().top"
BUTTONS = (("receipt_printer-drawer", "/devices/drawer"), ("customer_display-display", "/devices/display"))
UNDER_THE_HEAD_PX = 60
"""The head of the page stays while the rest moves."""


def at(technician: Technician, place: str) -> Locator:
    return technician.page.locator(f"#{place}")


def is_in_sight(part: Locator) -> bool:
    return UNDER_THE_HEAD_PX < float(part.evaluate(TOP)) < PHONE[1] / 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_on_is_in_sight_on_each_step_however_long_it_is(technician: Technician, language: str) -> None:
    technician.speak(language)
    for step in list(Step)[:-1]:
        technician.open(f"/setup?step={step}")
        onward = technician.page.locator('.onward form[action="/setup/step"] button').first
        below = float(onward.evaluate("one => one.getBoundingClientRect().bottom"))
        assert onward.is_visible() and below <= PHONE[1], (step, below)


def test_each_button_of_the_tests_comes_back_to_where_it_stands(technician: Technician) -> None:
    technician.open(TESTS)
    for place, action in BUTTONS:
        part = at(technician, place)
        part.locator(f'form[action="{action}"] button').click()
        expect(part.locator(".notice")).to_be_visible(timeout=SEEN_MS)
        assert technician.page.url.endswith(f"#{place}") and is_in_sight(part), place
        part.locator(".plain").first.click()
        expect(part.locator(".good")).to_have_count(2, timeout=SEEN_MS)  # ready, and seen to work
        assert technician.page.url.endswith(f"#{place}") and is_in_sight(part), place
        assert technician.page.locator(".notice").count() == 1


def test_what_a_scanner_and_a_keypad_send_is_shown_where_they_are_tried_as_it_comes(technician: Technician) -> None:
    technician.open(TESTS)
    scanner, keypad = at(technician, "counter_scanner-scanner"), at(technician, "counter_keypad-keypad")
    technician.shop.bench.scan(TID)  # as the test paper has it: it opens no sale
    expect(scanner.locator("code")).to_have_text(TID, timeout=SEEN_MS)
    for key in ("7", "8"):
        technician.shop.press(key)
    expect(keypad.locator("code")).to_have_text("7 8", timeout=SEEN_MS)
    scanner.locator(".plain").first.click()
    expect(scanner.locator(".notice")).to_be_visible(timeout=SEEN_MS)
    assert technician.page.url.endswith("#counter_scanner-scanner") and is_in_sight(scanner)
    expect(scanner.locator("code")).to_have_text(TID)
    technician.open("/setup?step=tests")
    part = at(technician, "receipt_printer-drawer")
    part.locator('form[action="/devices/drawer"] button').click()
    expect(part.locator(".notice.done")).to_be_visible(timeout=SEEN_MS)


def test_what_became_of_a_door_is_told_where_it_was_asked_for(technician: Technician) -> None:
    technician.open(TESTS)
    doors = at(technician, "doors")
    for chosen, told in (("", "p.bad"), ("B07", ".notice")):
        doors.locator("select[name=door]").select_option(chosen)
        doors.locator("button").click()
        expect(doors.locator(told).first).to_be_visible(timeout=SEEN_MS)
        assert technician.page.url.endswith("#doors")
        assert 0 < float(doors.evaluate(TOP)) < PHONE[1], chosen
