"""`edge run`: the terminal, in the foreground, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

from edge.cli.handover import HandedOver, hand_over, handed_over
from edge.cli.port_opener import opener
from edge.clock import Clock, SystemClock
from edge.codec.wire_command import RESTART
from edge.config import Settings, load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.errors import SettingsError, StoreError
from edge.keeping import finish_what_was_begun
from edge.notify import Notifier
from edge.outside import Outside
from edge.rescue_place import RescuePlace, rescue_place
from edge.safe_mode import SafeMode
from edge.settings_layers import effective_settings
from edge.store.folder_lock import is_taken
from edge.store.logs import log_to
from edge.store.starts import FAULT, SETTINGS, STORE, Starts
from edge.terminal import Terminal

NOWHERE = Path(os.devnull)
"""Where nothing is counted: no page could tell of it, or it is not this process that has the folder."""
REST_S = 60.0
"""What goes wrong by itself after a start does so within a minute."""


def run(config: str) -> int:
    """0 after a planned stop, 1 when the store failed: then the process must start anew and read the disk."""
    log_to(None)
    handed = handed_over()
    place = rescue_place(Path(config))
    if place is None or is_taken(place.data_dir):
        return _run(config, Starts(NOWHERE), handed)
    starts = Starts(place.data_dir)
    if starts.is_enough():
        return _run_safely(place, starts, handed)
    starts.begin()
    try:
        return _run(config, starts, handed)
    except BaseException as error:
        # Whatever it was: the next start, or the page of the one after, tells of it.
        kind = SETTINGS if isinstance(error, SettingsError) else STORE if isinstance(error, StoreError) else FAULT
        starts.failed_by(kind, str(error) or repr(error))
        raise


def _run(config: str, starts: Starts, handed: HandedOver) -> int:
    log = logging.getLogger("edge")
    doubt = starts.doubt()
    settings = effective_settings(Path(config), load_driver, doubt=doubt)
    begun = finish_what_was_begun(settings.terminal.data_dir, Outside())
    log_to(settings.terminal.data_dir)
    begun.log()
    if begun:
        settings = effective_settings(Path(config), load_driver, doubt=doubt)
    asked = _stop_signals()
    terminal = _built(settings, Path(config), handed)
    settings = terminal.settings
    notifier = Notifier()
    terminal.start()
    if terminal.web is None:
        handed.close()
    log.info(
        "ready: terminal %s, journal %d, %d goods%s", settings.terminal.tid, terminal.ledger.last_n,
        terminal.goods, f", page {terminal.web.url}" if terminal.web else "",
    )  # fmt: skip
    notifier.ready()
    starts.ready()
    rest = Rest(starts, terminal.clock)
    # What was built lives as long as the process; looking through it for garbage would hold up one scan in a thousand
    # by 40 ms.
    gc.freeze()
    try:
        terminal.run(lambda: _look(asked, terminal, notifier, rest))
    except StoreError as error:
        log.critical("the store failed: %s. Starting anew is the only safe way on", error)
        notifier.stopping()
        # No failed start: on a disk that lets it get this far each life sells, and safe mode does not.
        terminal.close(clean=False)
        return 1
    notifier.stopping()
    terminal.close()
    log.info("stopped")
    starts.well()
    if terminal.ending == RESTART:
        hand_over(terminal.handover(), terminal.listeners)
        os.execv(sys.executable, sys.orig_argv)  # the same process anew: whoever watches it need not know
    return 0


def _built(settings: Settings, config: Path, handed: HandedOver) -> Terminal:
    """What cloud and page set and only shows to be wrong here is left out; a shop's own file that is wrong is no start.

    First what is on trial, then all of it: a box that does not start cannot be told what is wrong.
    """
    try:
        return build(settings, _outside(settings, handed))
    except SettingsError as error:
        if not settings.layer and not settings.page:
            raise
        refused = str(error)
    settings = effective_settings(config, load_driver, without=refused)
    try:
        return build(settings, _outside(settings, handed))
    except SettingsError:
        if not settings.layer and not settings.page:
            raise
    settings = replace(load_settings(config, load_driver), layer_refused=refused)
    return build(settings, _outside(settings, handed))


def _outside(settings: Settings, handed: HandedOver) -> Outside:
    return Outside(open_port=opener(settings), handed=handed.octets, listeners=handed.listeners)


def _stop_signals() -> threading.Event:
    """Set by SIGTERM or Ctrl-C, from before the ledger is opened on: a stop while starting is no power cut."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: asked.set())
    return asked


class Rest:
    """A start that has lasted for REST_S is no failed one, whatever ends it."""

    def __init__(self, starts: Starts, clock: Clock) -> None:
        self._starts = starts
        self._clock = clock
        self._rests_mono = clock.mono() + REST_S
        self._is_at_rest = False

    def look(self) -> None:
        if not self._is_at_rest and self._clock.mono() >= self._rests_mono:
            self._is_at_rest = True
            self._starts.well()


def _run_safely(place: RescuePlace, starts: Starts, handed: HandedOver) -> int:
    log_to(place.data_dir)
    asked, notifier = _stop_signals(), Notifier()
    safe = SafeMode(place, starts, SystemClock(), listeners=handed.listeners)
    safe.start()
    logging.getLogger("edge").error("three starts failed: safe mode, page %s", safe.web.url)
    notifier.ready()
    while not asked.is_set():
        notifier.alive()
        if safe.step(asked.wait):
            hand_over(b"", safe.web.stop(keeps=True))
            os.execv(sys.executable, sys.orig_argv)
    notifier.stopping()
    safe.web.stop()
    return 0


def _look(asked: threading.Event, terminal: Terminal, notifier: Notifier, rest: Rest) -> None:
    rest.look()
    if asked.is_set():
        terminal.stop()
    notifier.alive()
