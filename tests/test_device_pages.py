"""Each driver has its page, which names every setting with its default and tells how far the device is known."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest

import edge.drivers

PAGES = Path(__file__).resolve().parent.parent / "docs" / "devices"
DRIVERS = [module.name for module in pkgutil.iter_modules(edge.drivers.__path__)]


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_driver_has_a_page_with_all_its_settings_and_its_tier(driver: str) -> None:
    page = (PAGES / f"{driver.replace('_', '-')}.md").read_text(encoding="utf-8")
    assert re.search(r"\*\*Tier: (simulated|replayed|proven)\.\*\*", page)
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", page, re.MULTILINE))
    fields = importlib.import_module(f"edge.drivers.{driver}").Settings.model_fields
    assert rows.keys() == fields.keys()
    for name, field in fields.items():
        if not field.is_required() and field.default is not None:
            shown = list(field.default) if isinstance(field.default, tuple) else field.default
            assert rows[name] == json.dumps(shown), name


def test_no_page_is_left_of_a_driver_that_is_gone() -> None:
    assert {page.stem.replace("-", "_") for page in PAGES.glob("*.md")} == set(DRIVERS)
