"""A file that may lie on a stick, for what the jobs thread makes of it: the stick's own thread copies it first.

A stick that hangs holds up its own thread alone, and may be pulled as soon as the copy is whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edge.errors import EdgeError
from edge.messages import JobDone
from edge.model.backup import FROM_STICK
from edge.store.given import drop_given


@dataclass(frozen=True, slots=True)
class OffStick:
    """`run` on the jobs thread, `on_stick` on the stick's: see `Jobs.submit`."""

    post: Callable[[object], None]
    run: Callable[[str, Callable[[], object]], bool]
    on_stick: Callable[[str, Callable[[], object]], bool]

    def begin(self, job: str, path: str, *, fetched: Callable[[str], Path], work: Callable[[Path], object]) -> bool:
        """`work` on the file at `path`, or on what `fetched` makes of FROM_STICK and a key: the path of its copy.

        Ends as JobDone of `job`, whichever of the two fails. False: too many wait.
        """
        if not path.startswith(FROM_STICK):
            return self.run(job, lambda: work(Path(path)))
        key = path.removeprefix(FROM_STICK)
        return self.on_stick(f"fetch {job}", lambda: self._fetch(job, lambda: fetched(key), work))

    def _fetch(self, job: str, fetched: Callable[[], Path], work: Callable[[Path], object]) -> None:
        try:
            copy = fetched()
            if not self.run(job, lambda: work(copy)):
                drop_given(copy)
                raise EdgeError("too many jobs wait", where=job)
        except BaseException as fault:
            error = fault if isinstance(fault, EdgeError) else EdgeError(f"a fault in the job: {fault!r}", where=job)
            self.post(JobDone(job, error=error))
            raise
