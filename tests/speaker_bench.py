"""A loudspeaker on the bench: what is said to the driver, and what is heard in the shop."""

from __future__ import annotations

from typing import Any

from device_bench import DeviceBench

from edge.codec.earcon import earcon
from edge.codec.pcm import is_audible
from edge.messages import Speech, Tone
from edge.model.manner import Manner, Weight
from edge.sim.speaker import Heard, SpeakerModel

TICK_S = 0.005
LONGEST_S = 60.0


class SpeakerBench(DeviceBench):
    """`voice` "tone" unless a test needs words."""

    def __init__(self, *, voice: str = "tone", port: str = "", **settings: Any) -> None:
        self.model = SpeakerModel()
        super().__init__("speaker", self.model, port=port, voice=voice, **settings)
        self.run(0.5)

    def say(
        self, text: str = "您好，可以收银了", *, tone: Tone = Tone.OK, weight: Weight = Weight.ROUTINE,
        manner: Manner | None = None, prompt: str = "sys.ready", fixed: bool = False,
    ) -> None:  # fmt: skip
        self.send(Speech(prompt, tone, text, manner or Manner(), weight, fixed))

    def listen(self, seconds: float) -> None:
        """Let the shop's time pass; the card plays as it does."""
        for _ in range(round(seconds / TICK_S)):
            self.run(TICK_S)
            self.model.advance(self.clock.now)

    def listen_to_the_end(self) -> Heard:
        """Until the newest sentence is over."""
        for _ in range(round(LONGEST_S / 0.1)):
            count = self.model.played
            self.listen(0.1)
            if count == self.model.played:
                break
        return self.model.heard[-1]


def begins_with(heard: Heard, tone: Tone) -> bool:
    """At the loudest volume, where nothing was scaled."""
    sound = earcon(tone)
    return bytes(heard.pcm[: len(sound)]) == sound


def is_quiet_after(model: SpeakerModel, mono: float) -> bool:
    """Whether nothing audible was played from then on."""
    late = [heard for heard in model.heard if heard.ended_mono > mono]
    return not any(is_audible(bytes(heard.pcm[heard.octets_before(mono) :])) for heard in late)
