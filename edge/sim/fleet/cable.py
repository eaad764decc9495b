"""The cable between a terminal and its broker: pulled, its session gets no connection through."""

from __future__ import annotations

from collections.abc import Callable

from edge.messages import CloudDown, Command, Connect, Refusal
from edge.ports import Inbox


class Cable:
    """The inbox of a real session. While it is `pulled`, each Connect is answered as by a network that is not there."""

    def __init__(self, inbox: Inbox, post: Callable[[object], None]) -> None:
        self._inbox = inbox
        self._post = post
        self._sess = 0
        self.pulled = False

    def take(self) -> Command | None:
        while (command := self._inbox.take()) is not None:
            if not isinstance(command, Connect):
                return command
            self._sess = command.sess
            if not self.pulled:
                return command
            self.tell()
        return None

    def tell(self) -> None:
        """The newest connection, or attempt, is over."""
        self._post(CloudDown(self._sess, Refusal.NETWORK, "no network"))
