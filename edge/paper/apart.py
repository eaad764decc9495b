"""A picture that is drawn in a process of its own: Pillow and a Chinese font cost 30 MB, which a till need not hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from edge.codec.escpos import Paper
from edge.errors import EdgeError

PATIENCE_S = 20.0
"""A receipt takes half a second, on a box that is busy some more."""
BESIDE_THE_TILL = 10
"""Niceness: a scan goes before a picture."""
ROOT = Path(__file__).parent.parent.parent


def drawn_apart(octets: bytes, paper: Paper) -> bytes:
    """The PNG of `picture.render_png`. For the jobs thread: it takes its time. Raises EdgeError where none came."""
    command = (sys.executable, "-m", "edge.paper.apart", str(paper.dots), str(paper.columns))
    try:
        drawn = subprocess.run(command, input=octets, capture_output=True, timeout=PATIENCE_S, cwd=ROOT, check=True)
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200]
        raise EdgeError("a picture of a paper was not drawn", where="edge.paper.apart", got=why) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EdgeError("a picture of a paper was not drawn", where="edge.paper.apart", got=str(error)) from error
    return drawn.stdout


def _draw() -> None:
    from edge.paper.picture import render_png

    os.nice(BESIDE_THE_TILL)
    dots, columns = map(int, sys.argv[1:3])
    sys.stdout.buffer.write(render_png(sys.stdin.buffer.read(), Paper(dots, columns)))


if __name__ == "__main__":
    _draw()
