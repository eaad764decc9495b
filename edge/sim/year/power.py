"""Power that fails at a chosen moment: between two statements, two effects, two bytes to a device, two files."""

from __future__ import annotations

from collections.abc import Callable


class PowerCut(BaseException):
    """Nothing of the terminal may catch it, as nothing catches a pulled plug."""


class Fuse:
    """Counts the moments at which a cut makes a difference; burns at the one that it was set to.

    `look` is called at each moment: a test looks at what a cut would leave behind.
    """

    def __init__(self) -> None:
        self.left: int | None = None
        self.passed = 0
        """Moments since the beginning."""
        self.look: Callable[[str], None] | None = None

    def set(self, moments: int) -> None:
        """Burn at the `moments`-th from now, 1 or more."""
        self.left = moments

    def renew(self) -> None:
        self.left = None

    @property
    def burns_next(self) -> bool:
        return self.left == 1

    def reached(self, moment: str) -> None:
        """Raises PowerCut when the time has come."""
        self.passed += 1
        if self.look is not None:
            self.look(moment)
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            self.left = None
            raise PowerCut(moment)
