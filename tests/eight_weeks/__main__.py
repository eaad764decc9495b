"""`make weeks`: eight weeks of one shop, ordered for in several ways; chart and tables of docs/replenishment.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from eight_weeks.chart import draw
from eight_weeks.run import as_suggested, eight_weeks, same_each_week, topped_up
from eight_weeks.shop import Story

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE, PICTURE = DOCS / "replenishment.md", DOCS / "replenishment-eight-weeks.png"
BEGIN, END = "<!-- eight weeks: written by make weeks -->\n", "<!-- end of the eight weeks -->\n"
SEED, OTHER_SEEDS = 1, (2, 3, 4, 5, 6)
GENEROSITY = (1.0, 1.1, 1.2, 1.35, 1.5)


def main() -> None:
    same = {times: eight_weeks(SEED, same_each_week(times)) for times in GENEROSITY}
    topped, suggested = eight_weeks(SEED, topped_up()), eight_weeks(SEED, as_suggested())
    small = eight_weeks(SEED, as_suggested(large_packs=False))
    others = {seed: (eight_weeks(seed, same_each_week()), eight_weeks(seed, as_suggested())) for seed in OTHER_SEEDS}
    draw(same, topped, suggested, small, list(others.values()), PICTURE)
    rows = [*_ways(same, topped, suggested, small), "", *_seeds({SEED: (same[1.0], suggested)} | others)]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + "\n".join(rows) + "\n" + END + after, encoding="utf-8")
    print("\n".join(rows))


def _ways(same: Mapping[float, Story], topped: Story, suggested: Story, small: Story) -> Iterator[str]:
    yield (
        f"| seed {SEED} | not there, pieces | of all wanted | sales lost, ¥ | mean stock at cost, ¥ | fees, ¥"
        " | dearer packs, ¥ |"
    )
    yield "|---|---|---|---|---|---|---|"
    for times, story in same.items():
        yield _way("the same list each week" + (f", × {times:g}" if times != 1 else ""), story)
    yield _way("topped up to a fortnight, by eye", topped)
    yield _way("**as suggested, with the lines 整箱太多**", suggested)
    yield _way("as suggested, by the slips' own barcodes alone", small)


def _way(name: str, story: Story) -> str:
    share = sum(story.lost) / story.wanted * 100
    return (
        f"| {name} | {sum(story.lost)} | {share:.1f} % | {sum(story.lost_fen) / 100:,.0f}"
        f" | {story.mean_stock / 100:,.0f} | {story.fees / 100:.0f} | {story.dearer / 100:.0f} |"
    )


def _seeds(pairs: Mapping[int, tuple[Story, Story]]) -> Iterator[str]:
    yield "| other customers: seed | not there: same list | as suggested | mean stock, ¥: same list | as suggested |"
    yield "|---|---|---|---|---|"
    for seed, (same, suggested) in sorted(pairs.items()):
        yield (
            f"| {seed} | {sum(same.lost)} | {sum(suggested.lost)}"
            f" | {same.mean_stock / 100:,.0f} | {suggested.mean_stock / 100:,.0f} |"
        )


if __name__ == "__main__":
    main()
