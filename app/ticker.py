"""Put onto the log that time passed."""

from datetime import datetime

from tidings.records import Tick
from tidings.steps import Done, Log


def tick(log: Log, now: datetime, every_seconds: float) -> bool:
    """Append a Tick if the last one is `every_seconds` old; after a gap one, not many. True if one was appended.

    The reader "ticks" keeps, as its offset, the time of the last one in whole seconds: a restart does not repeat it.
    """
    last = log.position("ticks")
    if last >= 0 and now.timestamp() - last < every_seconds:
        return False
    log.append("intake", [Tick(at=now)], done=Done(reader="ticks", offset=int(now.timestamp())))
    return True
