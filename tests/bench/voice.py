"""Product row 97: from a scan to silence, and to the first sound of the next sentence."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Iterator
from time import perf_counter

from shop_bench import COLA, NOODLES

from bench.counterside import WAIT_S, Counterside, counter_in
from bench.figures import Budget, Row, middle, milliseconds, percentile
from bench.site import Site
from edge.channel import open_port
from edge.codec.pcm import OCTETS_PER_S, silence
from edge.ports import SerialLine

SCANS = 60
INTO_IT_OCTETS = OCTETS_PER_S // 2
"""Half a second of a sentence is out before the next scan comes."""
STOPS = 20
LULL_S = 1.0
_LOUDSPEAKER = """
[devices.loudspeaker]
driver = "speaker"
port = "tcp://127.0.0.1:{port}"
"""


class Ear:
    """The far end of the speaker's cable, without a thread between it and the watch."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(WAIT_S)
        self.port: int = self._listener.getsockname()[1]
        self._line: socket.socket | None = None

    def take_call(self) -> None:
        """The speaker opens its port."""
        self._line, _ = self._listener.accept()
        self._line.settimeout(WAIT_S)

    def hear(self, octets: int) -> float:
        """When so much sound has come."""
        assert self._line is not None
        while octets > 0:
            piece = self._line.recv(min(octets, 4096))
            assert piece, "the speaker hung up too early"
            octets -= len(piece)
        return perf_counter()

    def listen_to_the_end(self) -> None:
        """Of what is being said: no sound for LULL_S."""
        assert self._line is not None
        while select.select([self._line], [], [], LULL_S)[0]:
            assert self._line.recv(65536), "the speaker hung up"

    def until_silence(self) -> float:
        """When the speaker has let go: a card then drops what it holds."""
        assert self._line is not None
        while self._line.recv(65536):
            continue
        self._line.close()
        return perf_counter()

    def close(self) -> None:
        for line in (self._line, self._listener):
            if line is not None:
                line.close()


def run(site: Site) -> Iterator[Row]:
    ear = Ear()
    with counter_in(site.room("voice"), cloud=False) as side:
        with side.shop.config.open("a") as config:
            config.write(_LOUDSPEAKER.format(port=ear.port))
        side.shop.terminal.start()
        ear.take_call()
        silences, sounds = cut(side, ear)
    ear.close()
    worst = f"worst {milliseconds(max(silences))} of {len(silences)}"
    yield Row("scan → silence, p50", milliseconds(middle(silences)))
    yield Row(
        "scan → silence, p99", milliseconds(percentile(silences, 99)), None, Budget("97", "≤", 100.0, "product"), worst
    )
    yield Row("scan → first sound of the next sentence, p50", milliseconds(middle(sounds)))
    yield Row("scan → first sound of the next sentence, p99", milliseconds(percentile(sounds, 99)))
    stops = [stop_the_player() for _ in range(STOPS)]
    yield Row(
        "the player is stopped → it is gone, p99", milliseconds(percentile(stops, 99)), None, None, "ALSA's null card"
    )


def cut(side: Counterside, ear: Ear) -> tuple[list[float], list[float]]:
    """Seconds from the scanner's first byte to silence, and to sound again; each in the middle of a sentence."""
    silences, sounds = [], []
    ear.listen_to_the_end()
    os.write(side.scanner.end, f"{COLA}\r".encode())
    for n in range(SCANS):
        ear.hear(INTO_IT_OCTETS)
        begun = perf_counter()
        os.write(side.scanner.end, f"{(NOODLES, COLA)[n % 2]}\r".encode())
        silences.append(ear.until_silence() - begun)
        ear.take_call()
        sounds.append(ear.hear(1) - begun)
    return silences, sounds


def stop_the_player() -> float:
    port = open_port("alsa://null", SerialLine())
    port.write(silence(0.3), 1.0)
    begun = perf_counter()
    port.close()
    return perf_counter() - begun
