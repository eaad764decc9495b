"""`make bench`: every section, or those named by ONLY; the page and its plots only after a whole run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from time import monotonic

from bench import catalogue, counter, drain, ledger, limits, loss, reconnect, rest, rival, wear, worn
from bench.figures import Row
from bench.site import Site

Section = Callable[[Site], Iterator[Row]]

SECTIONS: tuple[tuple[str, Section], ...] = (
    ("limits", limits.run),
    ("ledger", ledger.run),
    ("counter", counter.run),
    ("drain", drain.run),
    ("rest", rest.run),
    ("catalogue", catalogue.run),
    ("loss", loss.run),
    ("wear", wear.run),
    ("worn", worn.run),
    ("reconnect", reconnect.run),
    ("rival", rival.run),
)


def main() -> int:
    """0 when everything was measured, whatever the verdicts; 2 for a section that there is not."""
    only = [name for name in os.environ.get("ONLY", "").replace(",", " ").split() if name]
    names = [name for name, _ in SECTIONS]
    if unknown := [name for name in only if name not in names]:
        print(f"bench: there is no section {', '.join(unknown)}; there are {', '.join(names)}", file=sys.stderr)
        return 2
    site = Site()
    for name, measure in SECTIONS:
        if name in only or not only:
            begun = monotonic()
            print(f"--- {name}")
            for row in measure(site):
                print(row.what, row.product, row.beside, row.ratio, row.bound_text, row.verdict, row.remark)
            print(f"    ({monotonic() - begun:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
