"""A Kafka of one broker, made for tests and development: small, quick to start, quick to come back after kill -9."""

import base64
import uuid
from pathlib import Path

from deploy.servers.fetch import KAFKA, fetched
from deploy.servers.java import java_home
from deploy.servers.lifeline import Lifeline, this_process
from deploy.servers.ports import HOST, free_port, listening
from deploy.servers.process import PortTakenError, Process, Run

#: A killed broker may register again only when its last registration has run out (Kafka's default: 9000).
SESSION_MS = 3000
STARTS_MAX = 5
#: What the broker says when it takes part: its port is open a little earlier.
READY = "Kafka Server started"
JVM = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError")

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/log
# Topics are made by `tidings topics apply`: a slip in a name must not make one.
auto.create.topics.enable=false
# One broker cannot hold three copies.
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# Few and small files: an empty broker then takes 0.3 MB.
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=1
log.cleaner.dedupe.buffer.size=16777216
log.index.size.max.bytes=1048576
num.network.threads=2
num.io.threads=4
# Nobody waits for further members of a group, and a test may give up on a dead one after a second.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.backoff.ms=2000
broker.session.timeout.ms={session}
broker.heartbeat.interval.ms={heartbeat}
"""

LOGGING = """\
status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c)%n
rootLogger.level=INFO
rootLogger.appenderRefs=out
rootLogger.appenderRef.out.ref=out
"""


class KafkaServer:
    """One broker whose data and ports stay over `stop`, `kill` and `start`."""

    def __init__(
        self, folder: Path, *, cache: Path | None = None, port: int | None = None, lifeline: Lifeline = this_process
    ) -> None:
        """`folder` keeps the data; `cache` as for `fetched`; `port` is taken if it is free. Starts nothing."""
        self._folder = folder.resolve()
        self._cache = cache
        self._preferred = port
        #: Of the broker and its controller, once there was a start.
        self._ports: tuple[int, int] | None = None
        self._process = Process("Kafka", self._folder / "kafka.log", lifeline)

    @property
    def bootstrap(self) -> str:
        """host:port for clients. Only after the first `start`."""
        assert self._ports, "Kafka was never started"
        return f"{HOST}:{self._ports[0]}"

    @property
    def pid(self) -> int | None:
        """Of the running broker; None when there is none."""
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it serves. Raises TidingsError if it cannot be had."""
        home = fetched(KAFKA, self._cache)
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._ports:
            self._start(home, *self._ports)
            return
        for left in reversed(range(STARTS_MAX)):
            ports = free_port(self._preferred), free_port()
            try:
                self._start(home, *ports)
                self._ports = ports
                return
            except PortTakenError:
                if not left:
                    raise

    def stop(self) -> None:
        """End it in order. Harmless if it does not run."""
        self._process.stop()

    def kill(self) -> None:
        """kill -9. The next `start` takes about 5 s: the broker must wait for its old registration to run out."""
        self._process.kill()

    def restart(self) -> None:
        """`stop`, then `start` on the same data and ports."""
        self.stop()
        self.start()

    def _start(self, home: Path, port: int, controller: int) -> None:
        self._process.start(Run(command=self._command(home, port, controller), folder=self._folder, environment={}))
        self._process.wait_ready(lambda: READY in self._process.said and listening(port))

    def _command(self, home: Path, port: int, controller: int) -> list[str]:
        """Writes the files that the command names."""
        properties, logging = self._folder / "server.properties", self._folder / "log4j2.properties"
        properties.write_text(
            PROPERTIES.format(
                host=HOST,
                port=port,
                controller=controller,
                folder=self._folder,
                session=SESSION_MS,
                heartbeat=SESSION_MS // 6,
            )
        )
        logging.write_text(LOGGING)
        java = java_home(KAFKA.java) / "bin" / "java"
        options = [*JVM, "-Djava.awt.headless=true", f"-Dlog4j2.configurationFile=file:{logging}"]
        classes = f"{home}/launcher:{home}/lib/*"
        formatted = self._folder / "log" / "meta.properties"
        return [str(java), *options, "-cp", classes, KAFKA.launcher, str(properties), _cluster_id(), str(formatted)]


def _cluster_id() -> str:
    """A random name for a new cluster; not one that begins with a dash, which would read as an option."""
    return base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
