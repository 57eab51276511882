"""An Elasticsearch of one node, made for tests and development; without security, on loopback."""

import http.client
import os
import pwd
from pathlib import Path

from deploy.servers.fetch import ELASTICSEARCH, enterable, fetched
from deploy.servers.java import java_home
from deploy.servers.lifeline import Lifeline, this_process
from deploy.servers.ports import HOST, free_port
from deploy.servers.process import PortTakenError, Process, Run
from tidings.errors import ConfigError

STARTS_MAX = 5
#: The server refuses to run as root; when root starts it, it becomes this user.
USER = "nobody"
READY = "/_cluster/health?wait_for_status=yellow&timeout=1s"
READY_SECONDS_MAX = 5
FOLDERS = ("conf", "data", "logs", "tmp", "snapshots")

#: The configuration folder must hold one. %node_name in the pattern would break the earliest lines.
LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""

#: What the vendor's launcher would pass, as far as this server needs it; entitlements stay on.
JVM = (
    *("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Xss1m"),
    *("-Dfile.encoding=UTF-8", "-Djava.awt.headless=true", "-Djna.nosys=true", "-Djava.locale.providers=CLDR"),
    *("-Dio.netty.noUnsafe=true", "-Dio.netty.noKeySetOptimization=true"),
    *("-Dio.netty.recycler.maxCapacityPerThread=0", "-XX:-OmitStackTraceInFastThrow"),
    *("-Dlog4j.shutdownHookEnabled=false", "-Dlog4j2.disable.jmx=true", "-Dlog4j2.formatMsgNoLookups=true"),
    "-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1",
    *("-Des.distribution.type=zip", "-Des.java.type=ES_JAVA_HOME"),
    *("-XX:+EnableDynamicAgentLoading", "-Djdk.attach.allowAttachSelf=true"),
    "--add-exports=java.base/org.elasticsearch.entitlement.bridge="
    "org.elasticsearch.entitlement,java.logging,java.net.http,java.naming,jdk.net,jdk.zipfs,jdk.management.agent",
    "--add-opens=org.apache.lucene.core/org.apache.lucene.codecs.lucene99=org.elasticsearch.server",
    "--add-opens=org.apache.lucene.core/org.apache.lucene.codecs.hnsw=org.elasticsearch.server",
    "--add-opens=org.apache.lucene.core/org.apache.lucene.internal.vectorization=org.elasticsearch.server",
    # For our launcher, which calls the server's main method.
    "--add-opens=org.elasticsearch.server/org.elasticsearch.bootstrap=ALL-UNNAMED",
    "--enable-native-access=org.elasticsearch.nativeaccess,org.apache.lucene.core,ALL-UNNAMED",
    "--add-modules=jdk.net,jdk.management.agent,jdk.incubator.vector,ALL-MODULE-PATH",
)
#: Only the first of Java's two compilers.
QUICK = ("-XX:TieredStopAtLevel=1",)

SETTINGS = {
    "cluster.name": "tidings",
    "node.name": "tidings",
    "discovery.type": "single-node",
    "network.host": HOST,
    "transport.port": "0",
    # A nearly full disk of a developer or of CI would leave every index without a home.
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    # Tests remove their indices by prefix.
    "action.destructive_requires_name": "false",
}


class ElasticsearchServer:
    """One node whose data and port stay over `stop`, `kill` and `start`."""

    def __init__(
        self,
        folder: Path,
        *,
        cache: Path | None = None,
        port: int | None = None,
        lifeline: Lifeline = this_process,
        quick: bool = False,
    ) -> None:
        """`folder` keeps the data; `cache` as for `fetched`; `port` is taken if it is free. Starts nothing.

        `quick`: half the work at the start, two thirds of the speed under load: for tests.
        Started by root, the node runs as nobody: `folder` is given to that user, who must be able to get there.
        """
        self._folder = folder.resolve()
        self._cache = cache
        self._preferred = port
        self._jvm = (*JVM, *QUICK) if quick else JVM
        #: Once there was a start.
        self._port: int | None = None
        self._process = Process("Elasticsearch", self._folder / "elasticsearch.log", lifeline)

    @property
    def url(self) -> str:
        """For clients. Only after the first `start`."""
        assert self._port, "Elasticsearch was never started"
        return f"http://{HOST}:{self._port}"

    @property
    def pid(self) -> int | None:
        """Of the running node; None when there is none."""
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until its indices can be searched. Raises TidingsError if it cannot be had."""
        home = fetched(ELASTICSEARCH, self._cache) / "home"
        user = _user_of_root(home, self._folder)
        self._write_folder(home, user)
        if self._port:
            self._start(home, user, self._port)
            return
        for left in reversed(range(STARTS_MAX)):
            port = free_port(self._preferred)
            try:
                self._start(home, user, port)
                self._port = port
                return
            except PortTakenError:
                if not left:
                    raise

    def stop(self) -> None:
        """End it in order. Harmless if it does not run."""
        self._process.stop()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()

    def restart(self) -> None:
        """`stop`, then `start` on the same data and port."""
        self.stop()
        self.start()

    def _start(self, home: Path, user: tuple[int, int] | None, port: int) -> None:
        # Without LIBFFI_TMPDIR the node stops with a NullPointerException.
        environment = {"HOME": str(self._folder), "LIBFFI_TMPDIR": str(self._folder / "tmp")}
        command = self._command(home, port)
        self._process.start(Run(command=command, folder=self._folder, environment=environment, user=user))
        self._process.wait_ready(lambda: _healthy(port))

    def _write_folder(self, home: Path, user: tuple[int, int] | None) -> None:
        # The server looks for its plugins there, and finds none.
        (home / "plugins").mkdir(exist_ok=True)
        for name in FOLDERS:
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        (self._folder / "conf" / "log4j2.properties").write_text(LOGGING)
        if user:
            for path in (self._folder, *self._folder.rglob("*")):
                # Of a link itself, wherever it leads.
                os.lchown(path, *user)

    def _command(self, home: Path, port: int) -> list[str]:
        java = java_home(ELASTICSEARCH.java) / "bin" / "java"
        bridge = next((home / "lib" / "entitlement-bridge").glob("*.jar"))
        temporary = self._folder / "tmp"
        places = [f"-Djava.io.tmpdir={temporary}", f"-Des.path.home={home}"]
        modules = [f"--patch-module=java.base={bridge}", "--module-path", f"{home}/lib"]
        classes = ["-cp", str(home.parent / "launcher"), ELASTICSEARCH.launcher]
        arguments = [f"{self._folder}/conf", f"{self._folder}/logs", f"{temporary}/elasticsearch.pid"]
        settings = SETTINGS | {"http.port": str(port)}
        settings |= {"path.data": f"{self._folder}/data", "path.repo": f"{self._folder}/snapshots"}
        said = [f"{name}={value}" for name, value in settings.items()]
        return [str(java), *self._jvm, *places, *modules, *classes, *arguments, *said]


def _user_of_root(*folders: Path) -> tuple[int, int] | None:
    """User and group to become; None if we are not root. Raises ConfigError if that user cannot get to a folder."""
    if os.geteuid() != 0:
        return None
    for folder in folders:
        if not enterable(folder.parent):
            raise ConfigError(
                f"Elasticsearch does not run as root, and {USER} may not enter {folder}: "
                "start it as another user, or keep servers in a folder that everybody may enter"
            )
    found = pwd.getpwnam(USER)
    return found.pw_uid, found.pw_gid


def _healthy(port: int) -> bool:
    # Not urllib: it would ask a proxy, where one is set.
    connection = http.client.HTTPConnection(HOST, port, timeout=READY_SECONDS_MAX)
    try:
        connection.request("GET", READY)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
