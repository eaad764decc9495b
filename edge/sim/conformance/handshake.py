"""Hello and welcome: whether the cloud greets, and whether it tells a terminal the truth about itself."""

from __future__ import annotations

from edge.codec.topics import Up
from edge.codec.wire_down import Ack, Resend, Welcome
from edge.codec.wire_up import Status
from edge.sim.conformance.finding import Check, Outcome, failed, not_seen, passed
from edge.sim.conformance.scene import SETTLE_S, Scene


def _silent(scene: Scene) -> Outcome:
    scene.probe.listen(SETTLE_S)
    stale = [heard for heard in scene.probe.heard if isinstance(heard.message, Ack | Welcome | Resend)]
    if stale:
        told = stale[0].message
        return failed(
            "nothing on dn/ack and dn/ctl before the hello, but a rebirth", f"a {type(told).__name__.lower()}"
        )
    return passed("nothing came")


def _welcome(scene: Scene) -> Outcome:
    begun = scene.clock.mono()
    box = scene.box()
    seen = scene.now
    if scene.greet(box) is not None:
        return passed(f"after {1000 * (scene.clock.mono() - begun):.0f} ms")
    others = [heard.message for heard in scene.probe.heard[seen:] if isinstance(heard.message, Welcome)]
    expected = f"a welcome for sess {scene.probe.sess} and epoch {box.epoch} within {scene.patience_s:g} s"
    if others:
        return failed(expected, f"one for sess {others[-1].sess} and epoch {others[-1].epoch}")
    return failed(expected, scene.probe.unreadable[-1] if scene.probe.unreadable else "none")


def _fields(scene: Scene) -> Outcome:
    welcome = scene.greet(scene.box())
    if welcome is None:
        return not_seen("there was no welcome to look at")
    if welcome.reconnect is None:
        return failed("reconnect.spread_s", "a welcome without reconnect")
    return passed(f"spread_s {welcome.reconnect.spread_s}, cfg_ver {welcome.cfg_ver}, cat_ver {welcome.cat_ver}")


def _fresh(scene: Scene) -> Outcome:
    welcome = scene.greet(scene.box())
    if welcome is None:
        return not_seen("there was no welcome to look at")
    upto = {stream: welcome.upto.get(stream) for stream in ("tx", "pk", "ev")}
    if any(upto.values()) or None in upto.values():
        return failed("upto 0 for tx, pk and ev: nothing of this epoch was ever sent", str(upto))
    return passed("upto 0 for each stream")


def _again(scene: Scene) -> Outcome:
    box = scene.box()
    if scene.greet(box) is None:
        return not_seen("the first hello was not welcomed either")
    if scene.greet(box) is None:
        return failed("a second welcome: the first may be lost", "one welcome for two hellos")
    return passed("welcomed twice")


def _true_watermark(scene: Scene) -> Outcome:
    box = scene.greeted()
    scene.tell(box, list(box.events(1, 5)), base=1, upto=5)
    welcome = scene.greet(box, head=2, acked=2)
    if welcome is None:
        return not_seen("there was no welcome to look at")
    if welcome.upto.get("tx") != 5:
        return failed("upto 5: that many rows were sent", f"upto {welcome.upto.get('tx')}; the hello said 2")
    return passed("upto 5, whatever the hello says")


def _last(scene: Scene) -> Outcome:
    box = scene.greeted()
    events = box.events(1, 3)
    scene.tell(box, list(events), base=1, upto=3)
    welcome = scene.greet(box, head=3, acked=3)
    if welcome is None:
        return not_seen("there was no welcome to look at")
    last = (welcome.last or {}).get("tx")
    if last is None:
        return not_seen("no `last`: a box restored from an old copy that sold offline since will not find out")
    if (last.seq, last.id) != (3, events[-1]["id"]):
        return failed(f"seq 3 with id {events[-1]['id']}", f"seq {last.seq} with id {last.id}")
    return passed("seq and id of the highest row")


def _old_hello(scene: Scene) -> Outcome:
    box = scene.greeted()
    welcome = scene.greet(box, sess=scene.probe.sess - 1_000)
    if welcome is None:
        return failed("a welcome for this lower sess: a box that was restored counts on from its copy", "none")
    if welcome.sess_min is None:
        return not_seen("no `sess_min`: such a box is not told how far it had counted")
    if welcome.sess_min < scene.probe.sess:
        return failed(f"sess_min of at least {scene.probe.sess}", f"{welcome.sess_min}")
    return passed(f"welcomed, with sess_min {welcome.sess_min}")


def _old_status(scene: Scene) -> Outcome:
    """Seen through sess_min, where the cloud counts what a status says, too."""
    high = scene.probe.sess + 2
    if _counted(scene, high, "online") < high:
        return not_seen("look yourself: after an older `offline` your registry must still say online")
    scene.probe.sess = high
    found = _counted(scene, high - 1_000, "offline")
    if found < high:
        return failed(f"sess_min {high} still", f"{found}, after a status of sess {high - 1_000}")
    return passed(f"sess {high} stands, and {high - 1_000} came after it")


def _counted(scene: Scene, sess: int, state: str) -> int:
    """The highest sess that the cloud knows after such a status; 0: it does not say."""
    probe = scene.probe
    told = {"tid": probe.tid, "state": state, "sess": sess, "boot": 1}
    probe.send(Up.STATUS, Status.model_validate(told).wire())
    welcome = scene.greet(scene.box(), sess=probe.sess - 1)
    return (welcome.sess_min or 0) if welcome is not None else 0


CHECKS = (
    Check("silence", "nothing old waits on dn/ack and dn/ctl", "Topics: QoS 0, not retained",
          "Publish acks, resends and welcomes at QoS 0 and never retained.", _silent),
    Check("welcome", "a hello is welcomed", "How it goes, 3 Welcome",
          "Answer each hello on dn/ctl with its own sess and epoch; no terminal sends a row before that.", _welcome),
    Check("welcome fields", "the welcome says what a terminal must know", "Welcome; How it goes, 3",
          "Give reconnect.spread_s, 1.3 times your terminals by what your broker admits a second.", _fields),
    Check("fresh epoch", "a new epoch begins at 0", "Another epoch is another life",
          "Keep rows and watermark per (tid, epoch, stream), never per terminal alone.", _fresh),
    Check("hello again", "a hello that is repeated is welcomed again", "How it goes, 2 Hello",
          "Do not remember that a session was welcomed: welcomes are QoS 0 and get lost.", _again),
    Check("own watermark", "upto is what the cloud holds", "How it goes, 3 Welcome",
          "Take upto from your own database. By it a restored box finds out; an echo makes it lose sales.",
          _true_watermark),
    Check("last", "the welcome names the highest row", "How it goes, 3 Welcome; Last",
          "Give seq and id of the highest row of each stream that you hold in this epoch.", _last),
    Check("lower sess", "a box that counts lower is welcomed", "How it goes, 3 Welcome",
          "Answer with the hello's own sess, and with sess_min the highest that you have seen.", _old_hello),
    Check("old status", "a status of an older sess changes nothing", "How it goes, 1 Connect",
          "Compare sess before you store a status: brokers keep order within one topic only.", _old_status),
)  # fmt: skip
