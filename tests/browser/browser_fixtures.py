"""One browser and one shop for a module of tests that only look; who breaks something opens a shop of its own.

A module imports those that it uses by `from browser_fixtures import shop as shop`: a second conftest.py would hide the
first one from whoever imports from it.
"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest
from browser_bench import Technician, chromium, open_shop
from playwright.sync_api import Browser, Playwright, sync_playwright

from edge.sim.counter.shop import Shop


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright
    with warnings.catch_warnings():
        # It leaves the pipe to its driver to the collector, which would blame whatever test runs then.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright) as browser:
        yield browser


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture
def technician(shop: Shop, browser: Browser) -> Iterator[Technician]:
    """Logged in, with a phone. Whatever the browser complains of fails the test."""
    technician = Technician(shop, browser)
    technician.log_in()
    yield technician
    technician.context.close()
    assert technician.complaints.heard == []
