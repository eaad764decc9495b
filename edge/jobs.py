"""One thread for what is slow and nobody waits for: building a catalogue, hashing a password, drawing a picture."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from edge.errors import EdgeError
from edge.messages import JobDone

MAX_JOBS = 16
"""More than this waiting means that something asks for the same work again and again."""


class Jobs:
    """`submit` runs `work` on the jobs thread and posts JobDone with its result or its EdgeError."""

    def __init__(self, post: Callable[[object], None], name: str = "jobs") -> None:
        self._name = name
        self._post = post
        self._waiting: queue.Queue[tuple[str, Callable[[], object]] | None] = queue.Queue(MAX_JOBS)
        self._thread: threading.Thread | None = None

    def submit(self, job: str, work: Callable[[], object]) -> bool:
        """False when MAX_JOBS are waiting and this one was not taken."""
        try:
            self._waiting.put_nowait((job, work))
        except queue.Full:
            return False
        return True

    def run_waiting(self) -> bool:
        """For those who run without threads: do one job now; False when none waits."""
        if self._waiting.empty():
            return False
        waiting = self._waiting.get_nowait()
        if waiting is not None:
            self._run_job(*waiting)
        return True

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """Let the work at hand end, and forget what waits behind it."""
        while True:
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                break
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            try:
                self._run_job(*waiting)
            except BaseException as fault:
                # Our own bug ends this thread, with its stack for us to read; the next job gets a new one.
                self._post(JobDone(waiting[0], error=EdgeError(f"a fault in the job: {fault!r}", where=waiting[0])))
                self.start()
                raise

    def _run_job(self, job: str, work: Callable[[], object]) -> None:
        try:
            result = work()
        except EdgeError as error:
            self._post(JobDone(job, error=error))
        else:
            self._post(JobDone(job, result=result))
