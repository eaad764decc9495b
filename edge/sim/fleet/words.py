"""What a run of the fleet came to, in words: figures, a histogram, and what is wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from edge.sim.fleet.judge import Verdict
from edge.sim.fleet.plan import Cut, Plan
from edge.sim.fleet.tally import (
    Durations,
    Return,
    Sample,
    Tally,
    allowed_a_second,
    back_online,
    drain,
    fullest_second,
    histogram,
)

BARS = 20
"""At most so many lines of a histogram, of one second or more each."""
BAR = 40
NOTICED_S = 5.0
"""A load generator that is late may need so long to tell all its terminals that the broker is gone."""
TOGETHER_S, MANY = 1.0, 5
"""Losses of the broker that follow each other so closely are one, if so many terminals had it, or two in a hundred."""


def progress(sample: Sample) -> str:
    oldest = f", the oldest for {sample.oldest_s:.0f} s" if sample.unsent and sample.oldest_s >= 1 else ""
    return (
        f"{sample.at_s:6.0f} s  {sample.online:,} online, {sample.made:,} events made,"
        f" {sample.unsent:,} not in the cloud yet{oldest}"
    )


def figures(plan: Plan, tally: Tally, seconds: float) -> Iterator[str]:
    """What was measured."""
    yield (
        f"{plan.terminals:,} terminals in {plan.processes} processes: {tally.rss_mb:,.0f} MB,"
        f" {1024 * tally.terminals_mb / plan.terminals:,.0f} KB a terminal"
    )
    yield f"{tally.made:,} events in {seconds:.0f} s, {tally.kills} terminals killed, {tally.cpu_s:.1f} s of CPU"
    yield f"connects: {len(tally.connects):,}, {fullest_second(tally.connects)} in the fullest second"
    yield f"batch → PUBACK {_durations(tally.to_broker)}"
    yield f"batch → acknowledged by the cloud {_durations(tally.to_cloud)}"
    yield f"event → acknowledged by the cloud {_durations(tally.ages)}"
    yield f"the load generator itself was late by {_durations(tally.lag)}"


def losses(plan: Plan, tally: Tally) -> Iterator[str]:
    """Of each loss of the broker: when they came back, and how the backlog left."""
    for cut in plan.cuts:
        name = "storm" if not cut.seconds else f"outage of {cut.seconds:.0f} s"
        yield from _came_back(f"{name} at {cut.at_s:.0f} s", returns_of(plan, cut, tally.returns))
        end_s = cut.at_s + cut.seconds
        half, whole = (back_online(tally.samples, since_s=end_s, terminals=plan.terminals * n // 2) for n in (1, 2))
        yield f"  half online again {_after(half)}, all {_after(whole)}"
        before = [sample.unsent for sample in tally.samples if sample.at_s < cut.at_s]
        drained = drain(tally.samples, since_s=end_s, before=before[-1] if before else 0)
        if cut.seconds:
            gone = f"gone {_after(drained.seconds)}"
            yield f"  backlog {drained.backlog:,} events, {gone}, {drained.fastest:,.0f} events/s at its fastest"
    for returns in unplanned(plan, tally.returns):
        yield from _came_back(f"broker lost at {returns[0].lost_s:.0f} s, not by us", returns)


def _came_back(name: str, returns: Sequence[Return]) -> Iterator[str]:
    own = [one.delay_s for one in returns if not one.early]
    yield (
        f"{name}: first attempts of {len(returns):,} terminals, spread told {_spread_s(returns):.0f} s,"
        f" {len(returns) - len(own)} brought back early by a customer"
    )
    yield from bars([one.delay_s for one in returns])
    yield (
        f"  by themselves {fullest_second(own)} in the fullest second, {len(own) / max(_spread_s(returns), 1.0):.0f}"
        f" on average, {allowed_a_second(len(returns), _spread_s(returns)):.0f} allowed"
    )


def wrong(plan: Plan, tally: Tally, verdict: Verdict | None) -> Iterator[str]:
    """Each thing that must not be."""
    if verdict is not None:
        yield from verdict.wrong()
    if tally.unsent:
        yield f"{tally.unsent:,} events not acknowledged in time, the oldest after {tally.oldest_unsent_s:.0f} s"
    if tally.forgotten:
        yield f"{len(tally.forgotten):,} sales are in no ledger, the first {tally.forgotten[0]}"
    for what, times in tally.trouble.most_common():
        yield f"{times} × {what}"
    online = max((sample.online for sample in tally.samples), default=0)
    if online < plan.terminals:
        yield f"never more than {online:,} of {plan.terminals:,} terminals were online"
    for returns in (*(returns_of(plan, cut, tally.returns) for cut in plan.cuts), *unplanned(plan, tally.returns)):
        own = [one.delay_s for one in returns if not one.early]
        fullest = fullest_second(own)
        # In the first seconds all of them wait still: whom a customer brings back later is missing in later ones only.
        if fullest > allowed_a_second(len(returns), _spread_s(returns)):
            lost_s = returns[0].lost_s
            yield f"after the loss at {lost_s:.0f} s {fullest} terminals came in one second: the spread was not obeyed"


def returns_of(plan: Plan, cut: Cut, returns: Sequence[Return]) -> list[Return]:
    """Those that lost the broker with this cut, not with the next one."""
    end_s = min((other.at_s for other in plan.cuts if other.at_s > cut.at_s), default=math.inf)
    end_s = min(end_s, cut.at_s + max(cut.seconds, NOTICED_S))
    return [one for one in returns if cut.at_s <= one.lost_s < end_s]


def unplanned(plan: Plan, returns: Sequence[Return]) -> list[list[Return]]:
    """Losses of many terminals at once that were none of ours: a node of the broker that died."""
    planned = {id(one) for cut in plan.cuts for one in returns_of(plan, cut, returns)}
    groups: list[list[Return]] = []
    for one in sorted((one for one in returns if id(one) not in planned), key=lambda one: one.lost_s):
        if not groups or one.lost_s - groups[-1][-1].lost_s > TOGETHER_S:
            groups.append([])
        groups[-1].append(one)
    return [group for group in groups if len(group) >= max(MANY, plan.terminals // 50)]


def bars(delays: Sequence[float]) -> Iterator[str]:
    """A histogram: a line for each second, or for several where there are many."""
    if not delays:
        return
    width_s = max(1, -(-int(max(delays) + 1) // BARS))
    counts = histogram(delays, first=0.0, width_s=width_s, classes=int(max(delays)) // width_s + 1)
    for number, count in enumerate(counts):
        bar = "█" * round(BAR * count / max(counts))
        yield f"  {number * width_s:4d}-{(number + 1) * width_s:<4d} s {count:6d} {bar}"


def _after(seconds: float | None) -> str:
    return "never" if seconds is None else f"after {seconds:.1f} s"


def _spread_s(returns: Sequence[Return]) -> float:
    return max((one.spread_s for one in returns), default=0.0)


def _durations(durations: Durations) -> str:
    half, most = durations.percentile(0.5), durations.percentile(0.99)
    if half is None or most is None:
        return "never"
    return f"p50 {_ms(half)}, p99 {_ms(most)}, longest {_ms(durations.longest)}"


def _ms(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 10 else f"{1000 * seconds:.1f} ms"
