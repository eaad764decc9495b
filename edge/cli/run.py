"""`edge run`: the terminal, in the foreground, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from edge.cli.port_opener import opener
from edge.codec.wire_command import RESTART
from edge.config import Settings
from edge.daemon import build
from edge.devices import load_driver
from edge.errors import SettingsError, StoreError
from edge.notify import Notifier
from edge.outside import Outside
from edge.settings_layers import effective_settings
from edge.store.logs import log_to
from edge.terminal import Terminal


def run(config: str) -> int:
    """0 after a planned stop, 1 when the store failed: then the process must start anew and read the disk."""
    log_to(None)
    log = logging.getLogger("edge")
    settings = effective_settings(Path(config), load_driver)
    log_to(settings.terminal.data_dir)
    asked = _stop_signals()
    terminal = _built(settings, Path(config))
    settings = terminal.settings
    notifier = Notifier()
    try:
        terminal.start()
    except SettingsError:
        terminal.withdraw()
        raise
    log.info(
        "ready: terminal %s, journal %d, %d goods%s", settings.terminal.tid, terminal.ledger.last_n,
        terminal.goods, f", page {terminal.web.url}" if terminal.web else "",
    )  # fmt: skip
    notifier.ready()
    # What was built lives as long as the process; looking through it for garbage would hold up one scan in a thousand
    # by 40 ms.
    gc.freeze()
    try:
        terminal.run(lambda: _look(asked, terminal, notifier))
    except StoreError as error:
        log.critical("the store failed: %s. Starting anew is the only safe way on", error)
        notifier.stopping()
        terminal.close(clean=False)
        return 1
    notifier.stopping()
    terminal.close()
    log.info("stopped")
    if terminal.ending == RESTART:
        os.execv(sys.executable, sys.orig_argv)  # the same process anew: whoever watches it need not know
    return 0


def _built(settings: Settings, config: Path) -> Terminal:
    """What the cloud set and only shows to be wrong here is left out; a shop's own file that is wrong is no start."""
    try:
        return build(settings, Outside(open_port=opener(settings)))
    except SettingsError as error:
        if not settings.layer:
            raise
        settings = effective_settings(config, load_driver, without=str(error))
        return build(settings, Outside(open_port=opener(settings)))


def _stop_signals() -> threading.Event:
    """Set by SIGTERM or Ctrl-C, from before the ledger is opened on: a stop while starting is no power cut."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: asked.set())
    return asked


def _look(asked: threading.Event, terminal: Terminal, notifier: Notifier) -> None:
    if asked.is_set():
        terminal.stop()
    notifier.alive()
