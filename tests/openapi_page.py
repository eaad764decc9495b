"""Writes docs/openapi.json, the API of the terminal's own page: PYTHONPATH=.:tests .venv/bin/python -m openapi_page"""

from __future__ import annotations

import json

from own_page_bench import served, with_password
from shop_bench import ROOT

PAGE = ROOT / "docs" / "openapi.json"


def document() -> str:
    """As a terminal serves it."""
    with served(with_password()) as browser:
        browser.log_in()
        return json.dumps(browser.get("/api/openapi.json").json, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")
