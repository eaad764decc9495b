"""Photographs of each page, as a phone and as a desk show it, for docs/page: `make page-pictures`."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from browser_bench import DESK, OWNER, PHONE, Technician, chromium, open_shop
from PIL import Image
from playwright.sync_api import sync_playwright
from shop_life import live_a_little

from edge.sim.counter.shop import Shop

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "page"
README = FOLDER / "README.md"
TALLEST_PX = 1800
"""A list that is longer goes on as it began."""
COLOURS = 48
MAX_OCTETS = 60_000
MAX_SUM = 2_500_000
"""Of all pictures: a repository is no album."""
BEFORE = {"login": ("/login", "who logs in, and with what")}
"""View → address, and what is to be seen."""
TECHNICIANS = {
    "overview": ("/", "what is wrong, what was sold since the day was closed, devices, cloud"),
    "fix": ("/fix?kind=device.paper_out&what=receipt_printer", "one problem, mended step by step"),
    "live": ("/live", "the counter: display, basket, voice, scans, receipts, journal"),
    "reports": ("/reports", "sales by day and by hour, the best goods, what ran out"),
    "shifts": ("/shifts", "closed days and shifts of the drawer"),
    "prices": ("/prices", "goods with price and stock"),
    "goods_file": ("/prices/file", "goods and prices from a table"),
    "promotions": ("/promotions", "promotions in plain words"),
    "parcels": ("/parcels", "cells and what lies in them"),
    "receipt": ("/receipt", "the shop's own lines on the receipt, with its picture"),
    "cards": ("/cards", "people's cards, issued and revoked"),
    "devices": ("/devices", "devices with their tests, and what is plugged in"),
    "port": ("/devices/port?name=counter_scanner", "one device: driver, port, settings"),
    "teach": ("/devices/teach?device=counter_scanner", "a scanner is taught by one scan"),
    "cells": ("/cells", "the locker wall, set up door by door"),
    "network": ("/network", "addresses, and the line to the cloud"),
    "time": ("/time", "what the clock says, and who keeps it"),
    "cloud": ("/cloud", "what waits for the cloud; the box is enrolled"),
    "setup": ("/setup?step=tests", "a new box step by step, here its devices are tried"),
    "settings": ("/settings", "each value, and where it comes from"),
    "update": ("/update", "which version runs, and from which slot"),
    "template": ("/template", "like the last shop"),
    "commands": ("/commands", "what cloud and page ordered, and what became of it"),
    "logs": ("/logs", "the log, and a file for whoever helps"),
    "backup": ("/backup", "the whole shop as one encrypted file"),
    "restore": ("/restore", "a backup is looked at, then put in"),
    "reset": ("/reset", "the box forgets everything"),
    "leaves": ("/leaves", "what leaves the shop, field by field"),
    "users": ("/users", "accounts, the owner's PIN, other browsers"),
    "password": ("/password", "another password"),
}
OWNERS = {
    "tabs": ("/tabs", "who owes what"),
    "export": ("/export", "tables for a spreadsheet"),
}
LOOKS = (("zh-CN", PHONE), ("en", DESK))


def name(view: str, language: str, size: tuple[int, int]) -> str:
    return f"{view}-{size[0]}-{language}.png"


def small(picture: bytes) -> bytes:
    """With as many colours as keep it small."""
    whole, colours = Image.open(io.BytesIO(picture)).convert("RGB"), COLOURS
    while True:
        packed = io.BytesIO()
        whole.quantize(colours, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if packed.tell() <= MAX_OCTETS or colours <= 4:
            return packed.getvalue()
        colours //= 2


def photograph(one: Technician, pages: dict[str, tuple[str, str]], language: str, size: tuple[int, int]) -> None:
    for number, (view, (path, _)) in enumerate(pages.items()):
        one.page.emulate_media(color_scheme="dark" if size == DESK and number % 2 else "light")
        one.open(path)
        one.page.wait_for_load_state()
        # A lazy picture below the fold is fetched only once somebody scrolls to it, and nobody does here.
        one.page.evaluate("[...document.images].forEach(one => { one.loading = 'eager'; })")
        one.page.evaluate("Promise.all([...document.images].map(one => one.decode().catch(() => 0)))")
        height = min(TALLEST_PX, int(one.page.evaluate("document.documentElement.scrollHeight")))
        one.page.set_viewport_size({"width": size[0], "height": max(height, size[1] // 2)})
        shot = one.page.screenshot(scale="css")
        (FOLDER / name(view, language, size)).write_bytes(small(shot))
        one.page.set_viewport_size({"width": size[0], "height": size[1]})


def photograph_all(shop: Shop) -> None:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        for account in ("technician", OWNER):
            Technician(shop, browser).log_in(account)
        live_a_little(shop)
        for language, size in LOOKS:
            for account, pages in (("", BEFORE), ("technician", TECHNICIANS), (OWNER, OWNERS)):
                one = Technician(shop, browser, size=size)
                if account:
                    one.log_in(account)
                one.speak(language)
                photograph(one, pages, language, size)
                one.context.close()


def readme() -> str:
    lines = [
        "# Pictures of the page", "",
        "Of the demo's shop, by `make page-pictures`: on a phone in Chinese, at a desk in English,",
        "there every other one dark. What each page does: [the terminal's own page](../technician-page.md).", "",
        "| page | shows | for | phone | desk |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for who, pages in (("all", BEFORE), ("technician", TECHNICIANS), ("owner", OWNERS)):
        for view, (path, what) in pages.items():
            shots = [f"[{language}]({name(view, language, size)})" for language, size in LOOKS]
            lines.append(f"| `{path.partition('?')[0]}` | {what} | {who} | {' | '.join(shots)} |")
    return "\n".join([*lines, ""])


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_shop(Path(folder)) as shop:
        photograph_all(shop)
    README.write_text(readme(), encoding="utf-8")
    octets = sum(file.stat().st_size for file in FOLDER.glob("*.png"))
    print(f"{octets:,} octets in {len(list(FOLDER.glob('*.png')))} pictures")
    return 0 if octets <= MAX_SUM else 1


if __name__ == "__main__":
    sys.exit(main())
