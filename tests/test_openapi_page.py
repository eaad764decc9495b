"""docs/openapi.json is what a terminal serves."""

from __future__ import annotations

from openapi_page import PAGE, document


def test_the_api_on_paper_is_the_one_that_is_served() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "PYTHONPATH=.:tests .venv/bin/python -m openapi_page"
