"""Customer display: two lines of 20 (CD5220, ESC/POS DM-D) or eight digits and a lamp (LED8). Devices.md 6.2 to 6.4.

No display answers, so only a failed write or a hung-up port tells that one is gone. What stands on it after `open` is
nothing: who wants something shown says so when it hears DeviceUp.
"""

from __future__ import annotations

from collections import deque

from pydantic import BaseModel, ConfigDict, Field

from edge.codec.line_display import INIT_COMMANDS, LED_GAP_S, DisplayKind, show_commands
from edge.errors import DeviceError
from edge.messages import CommandRefused, Show
from edge.ports import DeviceContext, Port, SerialLine

WRITE_S = 0.5
"""45 bytes take 47 ms at 9600 baud and 190 ms at 2400."""
LOOK_S = 2.0
"""How often an idle port is looked at, to see that it has hung up."""
READ_OCTETS = 64

_BAUD = {DisplayKind.CD5220: 9600, DisplayKind.DMD: 9600, DisplayKind.LED8: 2400}


class Settings(BaseModel):
    """`kind` must be said, never guessed: a lamp command writes a CD5220's memory. `baud` None: what the kind has.

    `chinese`: the display has the font of GB18030; else it shows ASCII only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: str
    kind: DisplayKind
    baud: int | None = Field(None, ge=1200, le=115_200)
    chinese: bool = False


class LineDisplay:
    """Shows the newest `Show`; commands go out whole, and to an LED8 with a gap between them."""

    def __init__(self, settings: Settings, context: DeviceContext) -> None:
        self._settings = settings
        self._context = context
        self._gap_s = LED_GAP_S if settings.kind is DisplayKind.LED8 else 0.0
        self._port: Port | None = None
        self._waiting: deque[bytes] = deque()
        self._quiet_until_mono = 0.0

    def open(self) -> None:
        baud = self._settings.baud or _BAUD[self._settings.kind]
        self._port = self._context.open_port(self._settings.port, SerialLine(baud))
        self._waiting = deque(INIT_COMMANDS[self._settings.kind])

    def pump(self) -> float:
        """All that waits; where the display needs a gap after each command, one of them and the gap."""
        port = self._open_port()
        now = self._context.clock.mono()
        if now < self._quiet_until_mono:
            return self._quiet_until_mono - now
        if not self._waiting and not self._take():
            port.read(READ_OCTETS, 0)
            return max(LOOK_S, self._context.idle_s)
        while self._waiting:
            port.write(self._waiting.popleft(), WRITE_S)
            if self._gap_s:
                self._quiet_until_mono = self._context.clock.mono() + self._gap_s
                break
        return self._gap_s

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    def _open_port(self) -> Port:
        if self._port is None:
            raise DeviceError("the display is not open", where=self._context.name)
        return self._port

    def _take(self) -> bool:
        """Turn the next command of the terminal into bytes; False when there is none."""
        match self._context.inbox.take():
            case None:
                return False
            case Show() as show:
                self._waiting.extend(show_commands(show, self._settings.kind, chinese=self._settings.chinese))
            case command:
                self._context.post(CommandRefused(self._context.name, command))
        return True


Driver = LineDisplay
OBEYS = (Show,)
