"""`edge check`: every setting with its source, every device with what it answers, in plain words."""

from __future__ import annotations

from pathlib import Path
from random import Random

from edge.card_table import load_cards
from edge.cli.port_opener import opener
from edge.clock import SystemClock
from edge.command_keys import load_command_keys
from edge.config import Device, load_settings, sources
from edge.devices import driver_module, load_driver, refuse_seconds
from edge.errors import DeviceError
from edge.messages import PrinterStatus
from edge.model.card import Zone
from edge.ports import DeviceContext, OpenPort
from edge.promotion_file import load_promotions
from edge.prompt_pack import prompts_of
from edge.worker import CommandQueue

MAX_PUMPS = 20
"""Enough for a printer to answer four status questions."""


def check(config: str) -> int:
    """0: the settings are good. A device that does not answer is a warning: it may be plugged in later."""
    settings = load_settings(Path(config), load_driver)
    for source in sources(settings):
        print(f"{source.key} = {source.value}    ({source.source})")
    cards = load_cards(settings.cards.file)
    prompts_of(settings.voice.pack)
    if settings.cloud is not None and settings.cloud.command_keys is not None:
        print(f"command keys: {len(load_command_keys(settings.cloud.command_keys))}, {settings.cloud.command_keys}")
    refuse_seconds(settings)
    if settings.promotions is not None:
        load_command_keys(settings.promotions.coupon_keys)
        print(f"promotions: {len(load_promotions(settings.promotions.file))}, good, {settings.promotions.file}")
    print(f"settings: good, {config}")
    owners = sum(card.zone is Zone.OWNER for card in cards.values())
    own = settings.cards.file or "as they came"
    print(f"cards: {len(cards)}, {len(cards) - owners} on the counter's sheet and {owners} on the owner's, {own}")
    open_port = opener(settings)
    silent = [device for device in settings.devices.values() if not _answers(device, open_port)]
    count = len(settings.devices)
    print(f"devices: {count - len(silent)} of {count} there" + (", the rest may be plugged in later" if silent else ""))
    return 0


def _answers(device: Device, open_port: OpenPort) -> bool:
    posted: list[object] = []
    context = DeviceContext(
        device.name, posted.append, SystemClock(), Random(), open_port, CommandQueue(), patience_s=0.05
    )
    driver = driver_module(device.driver).Driver(device.settings, context)
    try:
        driver.open()
        for _ in range(MAX_PUMPS):
            driver.pump()
    except DeviceError as error:
        print(f"warning: {device.name}: {error}")
        return False
    finally:
        driver.close()
    states = [message.state.value for message in posted if isinstance(message, PrinterStatus)]
    print(f"{device.name}: there" + (f", {states[-1]}" if states else ""))
    return True
