"""A counter whose box has a radio: the real client of NetworkManager, its model on a bus of its own, virtual time."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from counter_bench import TID, CounterBench
from network_bench import NetworkBench

from edge.bus import Bus
from edge.messages import JobDone, PageAnswer, PageOrder
from edge.model.network import Hotspot
from edge.model.set_up_slip import PageWays
from edge.model.slip import QrCode
from edge.services.commands import CarryOut
from edge.services.hotspot import HotspotParts, HotspotWatch
from edge.services.networking import Networking
from edge.store.documents import Documents

ADDRESS = "127.0.0.7"
URL = f"http://{ADDRESS}/"
WAYS = PageWays(("https://127.0.0.3/",), "https://t7k3m9q2.local/", is_for_phones=True)
NAME = "EDGE-K3M9Q2"


class HotspotBench(CounterBench):
    """`new`: nobody has chosen a password; `prints`: it has a printer. Each second of the shop is one of the kernel."""

    net: NetworkBench
    new = True
    prints = True

    def boot(self) -> None:
        self.answers: list[PageAnswer] = []
        super().boot()
        self.bus.route(PageAnswer, self.answers.append)

    def _at_page(self, bus: Bus, documents: Documents, chance: Random) -> Mapping[str, CarryOut]:
        parts = HotspotParts(
            TID,
            "zh-CN",
            ADDRESS,
            URL,
            chance,
            lambda: WAYS,
            lambda: self.new,
            lambda: self.net.up_ms,
            printer=self.prints,
        )
        self.watch = HotspotWatch(bus, self.net.manager, parts, self._run)
        return {**Networking(bus, self.net.manager, self._run).orders, **self.watch.orders}

    def live(self, seconds: int) -> None:
        """Second by second, with what the jobs thread does meanwhile."""
        for _ in range(seconds):
            self.run_jobs()
            self.net.skipped_s += 1
            self.pass_s(1)
        self.run_jobs()

    def until_up(self, most_s: int) -> int:
        """Lives until its Wi-Fi is there; the seconds that it took."""
        for second in range(most_s):
            if self.watch.is_up:
                return second
            self.live(1)
        raise AssertionError(f"no hotspot in {most_s} s")

    def until_raising(self) -> None:
        """Up to the moment when the jobs thread would raise it."""
        while not any(job.startswith("hotspot raise") for job, _ in self.waiting_jobs):
            if self.waiting_jobs:
                job, work = self.waiting_jobs.pop(0)
                self.tell(JobDone(job, result=work()))
            else:
                self.net.skipped_s += 1
                self.pass_s(1)

    def order(self, number: int, kind: str, **args: object) -> tuple[str, str]:
        cid = f"019aadf2-4c02-7c3e-9d51-{number:012d}"
        self.tell(PageOrder(cid, kind, args, "technician"))
        self.live(8)
        result = [one.result for one in self.answers if one.cid == cid][-1]
        return result["state"], result.get("err", {}).get("msg", "")

    def killed(self) -> None:
        """The process alone: kernel and NetworkManager go on."""
        self.clock.boots -= 1
        self.restart()
        self.printer_ready()

    def power_cut(self) -> None:
        """Of the whole box."""
        with self.net.model.lock:
            self.net.model.power_cut()
        self.restart()
        self.printer_ready()

    @property
    def hotspot(self) -> Hotspot | None:
        """As NetworkManager has it."""
        network = self.net.manager.look(self.net.up_ms)
        assert network is not None
        return network.hotspot

    @property
    def codes(self) -> list[str]:
        """QR codes by which a phone joins, of all slips that went to the printer."""
        return [text for text in self.all_codes if text.startswith("WIFI:")]

    @property
    def all_codes(self) -> list[str]:
        return [one.text for job in self.printed for one in job.slip.blocks if isinstance(one, QrCode)]
