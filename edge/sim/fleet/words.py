"""What a run of the fleet came to, in words: figures, a histogram, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edge.sim.fleet.judge import Verdict
from edge.sim.fleet.plan import Cut, Plan
from edge.sim.fleet.tally import (
    Durations,
    Return,
    Sample,
    Tally,
    allowed_a_second,
    drain,
    fullest_second,
    histogram,
)

BARS = 20
"""At most so many lines of a histogram, of one second or more each."""
BAR = 40


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
    yield f"{tally.made:,} events in {seconds:.0f} s, {tally.kills} terminals killed"
    yield f"connects: {len(tally.connects):,}, {fullest_second(tally.connects)} in the fullest second"
    yield f"batch → PUBACK {_durations(tally.to_broker)}"
    yield f"batch → acknowledged by the cloud {_durations(tally.to_cloud)}"
    yield f"event → acknowledged by the cloud {_durations(tally.ages)}"
    yield f"the load generator itself was late by {_durations(tally.lag)}"


def cuts(plan: Plan, tally: Tally) -> Iterator[str]:
    """Of each loss of the broker: when they came back, and how the backlog left."""
    for cut in plan.cuts:
        name = "storm" if not cut.seconds else f"outage of {cut.seconds:.0f} s"
        returns = returns_of(cut, tally.returns)
        spread_s = max((one.spread_s for one in returns), default=0.0)
        yield f"{name} at {cut.at_s:.0f} s: first attempts of {len(returns):,} terminals, spread told {spread_s:.0f} s"
        yield from bars([one.delay_s for one in returns])
        yield (
            f"  fullest second {fullest_second(one.delay_s for one in returns)}, allowed {_allowed(returns, tally):.0f}"
            f" ({len(returns) / max(spread_s, 1.0):.0f} a second on average)"
        )
        before = [sample.unsent for sample in tally.samples if sample.at_s < cut.at_s]
        drained = drain(tally.samples, since_s=cut.at_s + cut.seconds, before=before[-1] if before else 0)
        if cut.seconds:
            gone = "never gone" if drained.seconds is None else f"gone {drained.seconds:.1f} s after its end"
            yield f"  backlog {drained.backlog:,} events, {gone}, {drained.fastest:,.0f} events/s at its fastest"


def wrong(plan: Plan, tally: Tally, verdict: Verdict | None) -> Iterator[str]:
    """Each thing that must not be."""
    if verdict is not None and not verdict.is_exact:
        yield from verdict.words()
    if tally.unsent:
        yield f"{tally.unsent:,} events not acknowledged in time, the oldest after {tally.oldest_unsent_s:.0f} s"
    if tally.forgotten:
        yield f"{len(tally.forgotten):,} sales are in no ledger, the first {tally.forgotten[0]}"
    for what, times in tally.trouble.most_common():
        yield f"{times} × {what}"
    online = max((sample.online for sample in tally.samples), default=0)
    if online < plan.terminals:
        yield f"never more than {online:,} of {plan.terminals:,} terminals were online"
    for cut in plan.cuts:
        returns = returns_of(cut, tally.returns)
        fullest = fullest_second(one.delay_s for one in returns)
        if fullest > _allowed(returns, tally):
            yield f"after the cut at {cut.at_s:.0f} s {fullest} terminals came in one second: the spread was not obeyed"


def returns_of(cut: Cut, returns: Sequence[Return]) -> list[Return]:
    """Those that lost the broker with this cut."""
    return [one for one in returns if 0 <= one.lost_s - cut.at_s < max(cut.seconds, 1.0)]


def bars(delays: Sequence[float]) -> Iterator[str]:
    """A histogram: a line for each second, or for several where there are many."""
    if not delays:
        return
    width_s = max(1, -(-int(max(delays) + 1) // BARS))
    counts = histogram(delays, first=0.0, width_s=width_s, classes=int(max(delays)) // width_s + 1)
    for number, count in enumerate(counts):
        bar = "█" * round(BAR * count / max(counts))
        yield f"  {number * width_s:4d}-{(number + 1) * width_s:<4d} s {count:6d} {bar}"


def _allowed(returns: Sequence[Return], tally: Tally) -> float:
    """What the spread allows, and what piles up while this load generator is late."""
    spread_s = max((one.spread_s for one in returns), default=0.0)
    mean = len(returns) / max(spread_s, 1.0)
    return allowed_a_second(len(returns), spread_s) + mean * tally.lag.longest


def _durations(durations: Durations) -> str:
    half, most = durations.percentile(0.5), durations.percentile(0.99)
    if half is None or most is None:
        return "never"
    return f"p50 {_ms(half)}, p99 {_ms(most)}, longest {_ms(durations.longest)}"


def _ms(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 10 else f"{1000 * seconds:.1f} ms"
