"""`edge demo`: a shop to play with on 127.0.0.1:8080, or with --script a short day that plays itself."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from edge.clock import Clock, SystemClock
from edge.errors import EdgeError, SettingsError
from edge.sim.counter.addresses import LOOPBACK, claim, free_port
from edge.sim.counter.console import Console
from edge.sim.counter.server import PageServer
from edge.sim.counter.shop import Plan, Shop
from edge.sim.counter.shop_file import LANGUAGES
from edge.sim.counter.story import Story

COUNTER_PORT = 8080
"""The terminal's own page is on the port after it."""
LAST_PORT = 65_535
FOLDER = Path("demo")


def run(argv: Sequence[str]) -> int:
    """The arguments after `edge demo`. Exit code: 0 well, 1 something did not hold, 2 usage or a port that is taken."""
    try:
        options = _options().parse_args(argv)
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 2
    clock = SystemClock()
    console, stop = Console(sys.stdout, clock), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _signal, _frame: stop.set())
    try:
        if options.script:
            return _play(options, console, clock, stop)
        return _keep_open(options, console, clock, stop)
    except SettingsError as error:
        print(f"edge demo: {error}", file=sys.stderr)
        return 2
    except EdgeError as error:
        print(f"edge demo: {error}", file=sys.stderr)
        return 1


def _keep_open(options: argparse.Namespace, console: Console, clock: Clock, stop: threading.Event) -> int:
    claim(options.port, what="the counter page", option="--port")
    claim(options.port + 1, what="the terminal's own page", option="--port")
    shop = Shop(_plan(options, options.folder or FOLDER, options.port + 1), clock, console.say)
    page = PageServer(shop, options.port)
    try:
        steps = [*shop.steps(), ("counter", lambda: _serve(page))]
        if not _take(steps, console, stop):
            return 0
        _welcome(shop, page, console)
        stop.wait()
        console.say(f"closing: {_rows(shop.unsent())} not confirmed by the cloud")
    finally:
        page.stop()
        shop.close()
    console.say("closed")
    return 0


def _play(options: argparse.Namespace, console: Console, clock: Clock, stop: threading.Event) -> int:
    with tempfile.TemporaryDirectory(prefix="edge-demo-") as made:
        folder = options.folder or Path(made)
        shop = Shop(_plan(options, folder, free_port()), clock, console.say if options.lines else lambda line: None)
        try:
            if not _take(shop.steps(), console, stop):
                return 1
            console.begin_story()
            return 0 if Story(shop, console, clock, stop).play() else 1
        finally:
            shop.close()


def _take(steps: Sequence[tuple[str, Callable[[], str]]], console: Console, stop: threading.Event) -> bool:
    """One step after the other; False when somebody did not want to wait."""
    for number, (name, act) in enumerate(steps, 1):
        if stop.is_set():
            console.say("stopped before the shop was open")
            return False
        console.step(number, len(steps), name, act)
    return True


def _serve(page: PageServer) -> str:
    page.start()
    return page.url


def _welcome(shop: Shop, page: PageServer, console: Console) -> None:
    broker_port = shop.broker.port if shop.broker else 0
    console.say()
    console.say(f"  counter         {page.url}")
    page_url = f"http://{LOOPBACK}:{shop.plan.web_port}/"
    console.say(f"  technician page {page_url}  (its PIN is on the paper 技术员, the owner's card beside it)")
    console.say(f"  broker          mqtt://127.0.0.1:{broker_port}")
    console.say(f"  cloud database  {shop.cloud_file}")
    console.say(f"  settings        {shop.config}")
    console.say("  Ctrl-C closes.")
    console.say()


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _plan(options: argparse.Namespace, folder: Path, web_port: int) -> Plan:
    return Plan(folder=folder, web_port=web_port, language=options.language, embedded=options.embedded_broker)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge demo", description="Open a shop to play with.")
    parser.add_argument("--script", action="store_true", help="play a short day without a browser, then end")
    parser.add_argument(
        "--port", type=_port, default=COUNTER_PORT, help="of the counter; the terminal's page is the next"
    )
    parser.add_argument("--folder", type=Path, help=f"where the shop keeps its data (./{FOLDER}; --script: a new one)")
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0], help="of voice and paper")
    parser.add_argument("--lines", action="store_true", help="--script: the terminal's console among the story")
    parser.add_argument("--embedded-broker", action="store_true", help="not mosquitto, even if it is installed")
    return parser


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() and len(text) <= 5 else 0
    if not 1 <= port < LAST_PORT:
        raise argparse.ArgumentTypeError(f"expected a port of 1 to {LAST_PORT - 1}, got {text!r}")
    return port
