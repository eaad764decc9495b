"""The house rules hold for this tree, and each rule is shown to catch what it is there for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tidy

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-box.lock", "requirements-dev.lock", "requirements-rival.lock")
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)

PLANTED = {
    "a codec that imports a service": (
        "edge/codec/scale.py",
        "from edge.services.checkout import Checkout",
        "an arrow to the right",
    ),
    "a service that imports a driver": (
        "edge/services/checkout.py",
        "from edge.drivers import scanner_serial",
        "an arrow to the right",
    ),
    "the core importing the store": ("edge/bus.py", "import edge.store.ledger", "an arrow to the right"),
    "a late import in the wrong direction": (
        "edge/daemon.py",
        "def build():\n    from edge.sim import shop",
        "an arrow to the right",
    ),
    "a module in no layer": ("edge/gadget.py", "from edge.model import money", "in no layer"),
    "the reference cloud looking at the store": (
        "edge/reference_cloud/intake.py",
        "from edge.store import ledger",
        "stands alone",
    ),
    "the daemon knowing the reference cloud": (
        "edge/daemon.py",
        "from edge.reference_cloud import intake",
        "only sim and __main__",
    ),
    "the simulation loaded with every command": (
        "edge/__main__.py",
        "from edge.sim import shop",
        "import it in the function",
    ),
    "paho in a service": ("edge/services/sync.py", "import paho.mqtt.client as mqtt", "cloud/session.py"),
    "time in a driver": ("edge/drivers/speaker.py", "from time import monotonic", "take a Clock"),
    "a wall clock by the back door": (
        "edge/services/shifts.py",
        "import datetime\nat = datetime.datetime.now(datetime.UTC)",
        "take a Clock",
    ),
    "SQL in a service": ("edge/services/health.py", "import sqlite3", "Transaction or Queries port"),
    "a codec that logs": ("edge/codec/gs1.py", "import logging", "is pure"),
    "chance without a seed": ("edge/cloud/backoff.py", "import random\nx = random.uniform(0, 1)", "random.Random"),
    "an id that cannot be replayed": ("edge/services/sync.py", "import uuid\nx = uuid.uuid4()", "passed Random"),
    "a service that writes a file": (
        "edge/services/receipts.py",
        "from pathlib import Path\nPath('x').write_text('y')",
        "only edge/store may",
    ),
    "a page that opens for appending": ("edge/web/page.py", "open('log.txt', 'a')", "only edge/store may"),
    "a long file": ("edge/model/sale.py", "\n" * 401, "split it by nouns"),
    "a long function": ("tests/test_sale.py", "def test_all():\n" + "    x = 1\n" * 60, "name its parts"),
    "a module of odds and ends": ("edge/model/sale_utils.py", "x = 1", "a module named sale_utils"),
    "a manager": ("edge/services/parcels.py", "class ParcelManager: ...", "a class named ParcelManager"),
    "a verb without an effect": (
        "edge/services/parcels.py",
        "def _handle_scan() -> None: ...",
        "a function named _handle_scan",
    ),
    "a swallowed error": ("edge/store/files.py", "try:\n    x = 1\nexcept OSError:\n    pass", "swallowed"),
    "everything caught in a driver": (
        "edge/drivers/lock.py",
        "try:\n    x = 1\nexcept (ValueError, Exception):\n    x = 2",
        "name what you expect",
    ),
    "a hidden error without a reason": (
        "edge/drivers/lock.py",
        "import contextlib\nwith contextlib.suppress(OSError):\n    x = 1",
        "say why",
    ),
    "a module that nobody reads": ("edge/model/forgotten.py", "x = 1", "nothing imports edge.model.forgotten"),
    "a service that prints": ("edge/services/sync.py", "print('sent')", "log it"),
    "a registry": ("edge/bus.py", "SUBSCRIBERS = {}", "is state of a module"),
    "a list with a small name": ("edge/bus.py", "seen = [1]", "is state of a module"),
    "a table that is changed": (
        "edge/bus.py",
        "RATES = {'a': 1}\ndef learn() -> None:\n    RATES['b'] = 2",
        "is changed here",
    ),
    "a global": ("edge/bus.py", "def learn() -> None:\n    global count\n    count = 1", "global count"),
    "a flag without its name": (
        "edge/ports.py",
        "def kick(pin: int, wait: bool | None = None) -> None: ...",
        "takes the flag wait",
    ),
    "a mock": ("tests/test_sale.py", "from unittest.mock import patch", "fake with behaviour"),
    "a test that sleeps": ("tests/test_sale.py", "import time\ntime.sleep(1)", "wait for the event"),
    "a test that is skipped": ("tests/test_sale.py", "import pytest\n@pytest.mark.skip\ndef test_x(): ...", "make the"),
}

ALLOWED = {
    "edge/__main__.py": "def main() -> int:\n    from edge.sim import shop\n    print(shop)\n    return 0",
    "edge/bus.py": "from edge.errors import EdgeError\ntry:\n    x = 1\nexcept Exception as e:\n    raise EdgeError",
    "edge/clock.py": "import time\nfrom edge import ports",
    "edge/codec/gs1.py": "from edge.model.money import Fen\nfrom random import Random\nAREAS = {'01': 14}",
    "edge/daemon.py": "import edge.services.checkout\nfrom edge import bus, clock\nfrom edge.store import ledger",
    "edge/drivers/scanner_serial.py": "from edge.codec import gs1\ndef read(*, wait: bool = True) -> None: ...",
    "edge/errors.py": "class EdgeError(Exception): ...",
    "edge/model/money.py": "Fen = int",
    "edge/ports.py": "x = 1",
    "edge/reference_cloud/intake.py": "from edge.codec import gs1\nimport paho, sqlite3",
    "edge/services/checkout.py": "import datetime\nclass ScanData: ...\ndef sell(a: list) -> None:\n    a.append(1)",
    "edge/sim/shop.py": "from edge import daemon\nfrom edge.reference_cloud import intake\nCHILD = 'edge.sim.counter'",
    "edge/sim/counter.py": "print('open')",
    "edge/store/ledger.py": "import sqlite3\nopen('x', 'wb')\ntry:\n    x = 1\nexcept BaseException:\n    raise",
}


def test_this_tree_is_tidy() -> None:
    found = tidy.violations(ROOT)
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("case", PLANTED)
def test_rule_catches(case: str, tmp_path: Path) -> None:
    path, text, expected = PLANTED[case]
    plant(tmp_path, {"edge/__main__.py": "", path: text})
    found = tidy.violations(tmp_path)
    assert any(expected in sentence and sentence.startswith(f"{path}:") for sentence in found), found


def test_rules_let_the_house_style_pass(tmp_path: Path) -> None:
    plant(tmp_path, ALLOWED)
    assert tidy.violations(tmp_path) == []


def test_lock_files_pin_by_hash_and_name_no_host() -> None:
    for name in LOCKS:
        text = (ROOT / name).read_text()
        assert "://" not in text, f"{name} names a host; write it with `make lock`"
        assert "index-url" not in text, f"{name} names an index; write it with `make lock`"
        for block in re.split(r"\n(?=[a-z])", text)[1:]:
            assert "--hash=sha256:" in block, f"{name}: {block.splitlines()[0]} has no hash; write it with `make lock`"


def test_lock_files_agree_with_each_other() -> None:
    pinned: dict[str, str] = {}
    for name in LOCKS:
        for package, version in PIN.findall((ROOT / name).read_text()):
            assert pinned.setdefault(package, version) == version, f"{name}: {package}; write all with `make lock`"


def test_the_demo_installs_without_a_compiler() -> None:
    assert "evdev" not in dict(PIN.findall((ROOT / "requirements.lock").read_text()))


def plant(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text + "\n")
