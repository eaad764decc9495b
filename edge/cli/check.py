"""`edge check`: every setting with its source, every device with what it answers, in plain words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

from edge.card_table import load_cards
from edge.cli.identity_lines import identity_lines
from edge.cli.lock_wall import OpenWall
from edge.cli.page_lines import page_lines
from edge.cli.platform_lines import licence_lines, platform_lines
from edge.cli.port_opener import opener
from edge.clock import SystemClock
from edge.command_keys import load_command_keys
from edge.config import Device, sources
from edge.devices import LOCKER, driver_module, load_driver, refuse_seconds
from edge.errors import DeviceError, DeviceInUse, SettingsError
from edge.messages import PrinterStatus
from edge.model.card import Zone
from edge.ports import DeviceContext, OpenPort
from edge.promotion_file import load_promotions
from edge.prompt_pack import prompts_of
from edge.settings_layers import effective_settings
from edge.shop_files import shop_booklet, shop_platforms
from edge.store.folder_lock import is_taken
from edge.worker import CommandQueue

MAX_PUMPS = 20
"""Enough for a printer to answer four status questions."""
_THERE, _IN_USE, _SILENT = "there", "in use", "silent"


def check(config: str) -> int:
    """0: the settings are good. A device that does not answer is a warning: it may be plugged in later.

    Raises SettingsError with every line that is wrong, behind a last line that says so.
    """
    try:
        return _check(config)
    except SettingsError:
        print(f"settings: NOT good, {config}; each line that is wrong:", flush=True)
        raise


def _check(config: str) -> int:
    settings = effective_settings(Path(config), load_driver)
    if settings.layer_refused:
        print(f"warning: the newest settings of cloud or page are left out: {settings.layer_refused}")
    for source in sources(settings):
        print(f"{source.key} = {source.value}    ({source.source})")
    cards = load_cards(settings.cards.file)
    prompts_of(settings.voice.pack)
    if settings.cloud is not None and settings.cloud.command_keys is not None:
        print(f"command keys: {len(load_command_keys(settings.cloud.command_keys))}, {settings.cloud.command_keys}")
    for line in identity_lines(settings, SystemClock().wall()):
        print(line)
    refuse_seconds(settings)
    if settings.promotions is not None:
        load_command_keys(settings.promotions.coupon_keys)
        print(f"promotions: {len(load_promotions(settings.promotions.file))}, good, {settings.promotions.file}")
    for line in platform_lines(settings.platforms):
        print(line)
    if settings.orders.booklet is not None:
        goods = len(shop_booklet(settings, shop_platforms(settings)).items)
        print(f"booklet: {goods} goods, good, {settings.orders.booklet}")
    licence_keys = load_command_keys(settings.platforms.licence_keys)
    if settings.platforms.licence_keys is not None:
        print(f"licence keys: {len(licence_keys)}, {settings.platforms.licence_keys}")
    for line in licence_lines(settings, licence_keys, SystemClock().wall()):
        print(line)
    print(f"settings: good, {config}")
    owners = sum(card.zone is Zone.OWNER for card in cards.values())
    own = settings.cards.file or "as they came"
    print(f"cards: {len(cards)}, {len(cards) - owners} on the counter's sheet and {owners} on the owner's, {own}")
    open_port = opener(settings)
    runs = is_taken(settings.terminal.data_dir)
    for line in page_lines(settings, runs=runs):
        print(line)
    found = Counter(_found(device, open_port, terminal_runs=runs) for device in settings.devices.values())
    print(
        f"devices: {found[_THERE]} of {found.total()} there"
        + (f", {found[_IN_USE]} in use by the terminal that runs" if found[_IN_USE] else "")
        + (", the rest may be plugged in later" if found[_SILENT] else "")
    )
    return 0


def _found(device: Device, open_port: OpenPort, *, terminal_runs: bool) -> str:
    posted: list[object] = []
    context = DeviceContext(
        device.name, posted.append, SystemClock(), Random(), open_port, CommandQueue(), patience_s=0.05
    )
    driver = driver_module(device.driver).Driver(device.settings, context)
    try:
        driver.open()
        for _ in range(MAX_PUMPS):
            driver.pump()
    except DeviceInUse as error:
        if terminal_runs:
            print(
                f"{device.name}: in use by the terminal that runs; its page says how it is, or stop it and check again"
            )
            return _IN_USE
        print(f"warning: {device.name}: {error}")
        return _SILENT
    except DeviceError as error:
        print(f"warning: {device.name}: {error}")
        return _SILENT
    finally:
        driver.close()
    if device.driver.startswith(LOCKER):
        return _boards_found(device, open_port)
    states = [message.state.value for message in posted if isinstance(message, PrinterStatus)]
    print(f"{device.name}: there" + (f", {states[-1]}" if states else ""))
    return _THERE


def _boards_found(device: Device, open_port: OpenPort) -> str:
    """A bus is there when a board of it answers; each of the others is a warning."""
    answering: list[int] = []
    with OpenWall(device, open_port) as wall:
        for board in getattr(device.settings, "boards", ()):
            try:
                wall.look(board)
            except DeviceError as error:
                print(f"warning: {error}")
            else:
                answering.append(board)
    if not answering:
        return _SILENT
    print(f"{device.name}: there, boards that answer: {', '.join(map(str, answering))}")
    return _THERE
