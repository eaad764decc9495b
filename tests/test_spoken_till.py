"""The counter with a loudspeaker behind it: what a shop hears from a scan to the sentence's last sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, CounterBench, Habits
from device_bench import build_worker
from speaker_bench import begins_with, is_quiet_after

from edge.codec.command_card import card_code
from edge.codec.earcon import earcon
from edge.messages import CommandRefused, DeviceDown, DeviceUp, Hush, Speech, Tone, View
from edge.sim.ports import SimPorts
from edge.sim.speaker import Heard, SpeakerModel
from edge.worker import Worker

SPEAKER = "loudspeaker"
TICK_S = 0.005
CUT_S = 0.1
LOUDER, CASH = card_code(183), card_code(102)


class SpeakingShop(CounterBench):
    """The counter's bench, and a loudspeaker whose worker is stepped as the time passes."""

    def __init__(self, folder: Path) -> None:
        self.model = SpeakerModel()
        self.worker: Worker | None = None
        super().__init__(folder, Habits(speaker=SPEAKER))
        self.ports = SimPorts(self.clock)
        settings = {"port": self.ports.add(SPEAKER, self.model), "voice": "tone"}
        self.worker = build_worker(
            "speaker", settings, name=SPEAKER, post=self.bus.post, clock=self.clock, ports=self.ports, patience_s=0.0,
            idle_s=float("inf"),
        )  # fmt: skip
        for effect in (Speech, Hush):
            self.bus.route(effect, self.worker.submit)
        self.listen(1.0)

    def listen(self, seconds: float) -> None:
        self.pass_s(seconds)

    def pass_s(self, seconds: float) -> None:
        """The speaker's thread runs all the while."""
        until = self.clock.mono() + seconds
        while self.worker is not None and self.clock.mono() < until - TICK_S:
            self.worker.step(self.clock.mono())
            super().pass_s(TICK_S)
            self.model.advance(self.clock.mono())
        super().pass_s(max(0.0, until - self.clock.mono()))

    @property
    def heard(self) -> Heard:
        return self.model.heard[-1]


@pytest.fixture
def shop(tmp_path: Path) -> SpeakingShop:
    shop = SpeakingShop(tmp_path / "shop")
    for _ in range(3):
        shop.card(LOUDER)
    shop.listen(5.0)
    return shop


def test_a_scan_is_heard_and_the_next_one_cuts_it(shop: SpeakingShop) -> None:
    shop.scan(COLA)
    shop.listen(0.4)
    first = shop.heard
    assert begins_with(first, Tone.OK)
    shop.scan(NOODLES)
    shop.listen(5.0)
    assert first.cut_mono is not None and shop.heard is not first
    assert begins_with(shop.heard, Tone.OK)


def test_a_key_silences_it_within_a_tenth_of_a_second(shop: SpeakingShop) -> None:
    shop.scan(COLA)
    shop.listen(0.4)
    shop.keys("2")
    pressed = shop.clock.mono()
    shop.listen(1.0)
    assert is_quiet_after(shop.model, pressed + CUT_S)


def test_what_was_paid_is_heard_to_its_end_while_the_next_customer_is_served(shop: SpeakingShop) -> None:
    shop.scan(COLA)
    shop.card(CASH)
    shop.listen(0.3)
    shop.scan(NOODLES)
    shop.keys("3*")
    shop.listen(7.0)
    paid = next(heard for heard in shop.model.heard if earcon(Tone.MONEY_IN) in bytes(heard.pcm))
    text = next(speech.text for speech in shop.spoken if speech.prompt == "sale.exact")
    assert paid.cut_mono is None and paid.seconds > len(text) * 0.2
    assert shop.spoken[-1].prompt == "item.qty" and bytes(paid.pcm).count(earcon(Tone.OK)) == 1


def test_a_shop_whose_sound_card_is_pulled_out_sells_on_and_reads_what_to_do(shop: SpeakingShop) -> None:
    shop.ports.pull(SPEAKER)
    shop.scan(COLA)
    shop.listen(1.0)
    assert [fen for _, fen in shop.lines] == [300]
    shop.scan("0000")
    assert (shop.shown[-1].view, shop.shown[-1].name) == (View.TEXT, shop.last_words)
    shop.ports.plug(SPEAKER)
    shop.listen(3.0)
    shop.scan(NOODLES)
    shop.listen(3.0)
    assert begins_with(shop.heard, Tone.OK) and len(shop.sales()) == 0


def test_a_missing_card_is_told_once_and_refuses_what_was_to_be_said(tmp_path: Path) -> None:
    shop = SpeakingShop(tmp_path / "shop")
    told: list[object] = []
    for kind in (DeviceDown, DeviceUp, CommandRefused):
        shop.bus.on(kind, lambda message, _: told.append(message))
    shop.ports.pull(SPEAKER)
    shop.scan(COLA)
    shop.listen(5.0)
    assert [type(message) for message in told].count(DeviceDown) == 1
    shop.ports.plug(SPEAKER)
    shop.listen(2.0)
    assert isinstance(told[-1], DeviceUp)
