"""docs/benchmarks.md and what is printed while it runs, both from the same rows. Pure: figures in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.figures import Row, number

HEAD = ("what", "limit or rival", "product", "ratio", "budget", "verdict")
OPENING = (
    "Written by `make bench`, from one run; nothing here is typed by hand. Limits of the machine and the product are"
    " measured side by side in that run, because rates move with the machine: what is claimed are ratios within a run,"
    " and CPU an event. Nothing here was measured on a Raspberry Pi or an SD card."
)
CLOSING = (
    "`make bench` on an idle machine with its folder on a real disk: it sets up what it needs, takes about 14 minutes"
    " and writes this page and its pictures. `make bench ONLY=drain` prints one section and writes nothing; several"
    " are separated by commas. The rival is installed from `requirements-rival.lock` into `build/rival`."
)
WIDTH_WHAT, WIDTH_FIGURE = 66, 30


@dataclass(frozen=True, slots=True)
class Measured:
    """One section of a run: its title, what it is about in a sentence, its rows."""

    title: str
    about: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture beside the page, and what it shows."""

    file: str
    caption: str


def cells(row: Row) -> tuple[str, ...]:
    """A row of the table, in the order of HEAD."""
    what = f"{row.what} ({row.remark})" if row.remark else row.what
    ratio = f"{number(row.ratio)} ×" if row.ratio is not None else ""
    budget = f"{row.budget.no}: {row.bound_text}" if row.budget else ""
    return (what, str(row.beside or ""), str(row.product), ratio, budget, row.verdict)


def line(row: Row) -> str:
    """The same for a terminal, while the run goes on."""
    what, beside, product, ratio, budget, verdict = cells(row)
    if not product:
        product, beside = beside, ""
    held = f"{budget} {verdict}".strip()
    beside = f"against {beside}" if beside else ""
    return f"{what:<{WIDTH_WHAT}} {product:<{WIDTH_FIGURE}} {ratio:<8} {held}  {beside}".rstrip()


def page(facts: Mapping[str, str], sections: Sequence[Measured], plots: Sequence[Plot], *, minutes: float) -> str:
    """The whole page. What misses its budget stands first, by how much."""
    rows = [row for section in sections for row in section.rows]
    parts = [
        "# Benchmarks",
        OPENING,
        "\n".join(f"- {name}: {value}" for name, value in facts.items()) + f"\n- the run took {minutes:.0f} minutes",
        "## Verdicts",
        verdicts(rows),
    ]
    for section in sections:
        parts += [f"## {section.title}", section.about, table(section.rows)]
    parts.append("## Pictures")
    parts += [f"![{plot.caption}](benchmarks/{plot.file})\n\n{plot.caption}" for plot in plots]
    parts += [
        "## To repeat it",
        CLOSING,
    ]
    return "\n\n".join(parts) + "\n"


def verdicts(rows: Sequence[Row]) -> str:
    """How many budgets hold, and each that does not."""
    judged = [row for row in rows if row.budget]
    missed = [row for row in judged if not row.holds]
    held = len(judged) - len(missed)
    said = [f"{held} of {len(judged)} bounds hold."]
    said += [f"- budget {row.budget.no}, {row.what}: {row.verdict} ({_found(row)})" for row in missed if row.budget]
    return "\n".join(said)


def _found(row: Row) -> str:
    if row.held_against is None:
        return str(row.product)
    unit = " ×" if row.budget and row.budget.of == "ratio" else f" {row.product.unit}".rstrip()
    return f"{number(row.held_against)}{unit}, bound {row.bound_text}"


def table(rows: Sequence[Row]) -> str:
    lines = [HEAD, ("---", "---:", "---:", "---:", "---", "---"), *(cells(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)
