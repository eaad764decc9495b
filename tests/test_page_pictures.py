"""docs/page: a picture of each page for a phone and for a desk, and none too large."""

from __future__ import annotations

import re
from pathlib import Path

from own_page_bench import served, with_password

from edge.model.account import Role

FOLDER = Path(__file__).parent.parent / "docs" / "page"
MAX_OCTETS, MAX_SUM = 60_000, 2_500_000


def test_each_page_of_the_menu_has_its_pictures_in_the_list() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    with served(with_password(*Role)) as browser:
        for role in Role:
            browser.log_in(account=role.value)
            page = browser.get("/").text
            menu = page[page.index("<nav ") : page.index("</nav>")]
            for path in re.findall(r'href="([^"]+)"', menu):
                assert f"| `{path}` |" in text, path
    named = set(re.findall(r"\]\((\S+\.png)\)", text))
    assert named == {file.name for file in FOLDER.glob("*.png")}


def test_the_pictures_are_small() -> None:
    sizes = [file.stat().st_size for file in FOLDER.glob("*.png")]
    assert max(sizes) <= MAX_OCTETS and sum(sizes) <= MAX_SUM
