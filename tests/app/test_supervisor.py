import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from app.supervisor import Part, supervise

#: A part that says its process id, then waits.
WAITS = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]
DIES = [sys.executable, "-c", "import sys; sys.exit(3)"]


@pytest.fixture
def supervised():
    """Starts supervision in a thread; ends it."""
    stop, threads = threading.Event(), []

    def start(*parts, most=0.2):
        thread = threading.Thread(target=supervise, args=(parts, stop), kwargs={"restart_seconds_max": most})
        thread.start()
        threads.append(thread)
        return stop

    yield start
    stop.set()
    for thread in threads:
        thread.join(10)


def until(reached, seconds=10):
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_part_that_dies_is_started_again_and_it_is_said(supervised, caplog):
    part = Part(name="work", command=DIES)

    supervised(part)

    until(lambda: part.deaths >= 3)
    assert "work ended (exit status 3); starting it again in 0.2 s" in caplog.text


def test_a_killed_part_is_started_again_under_another_process_id(supervised, caplog):
    part = Part(name="crawl", command=WAITS)
    supervised(part)
    until(lambda: part.process)
    first = part.process.pid

    os.kill(first, signal.SIGKILL)

    until(lambda: part.process and part.process.pid != first)
    assert "crawl ended (signal SIGKILL)" in caplog.text


def test_a_part_waits_for_what_it_needs(supervised):
    ready = threading.Event()
    part = Part(name="crawl", command=WAITS, after=ready.is_set)
    supervised(part)
    time.sleep(0.3)
    before = part.process

    ready.set()

    until(lambda: part.process)
    assert before is None


def test_all_parts_end_when_told_to_stop_even_one_that_does_not_listen(supervised):
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    parts = [Part(name="work", command=WAITS), Part(name="deaf", command=[sys.executable, "-c", deaf])]
    stop = supervised(*parts)
    until(lambda: all(part.process for part in parts))
    time.sleep(0.3)

    stop.set()

    until(lambda: all(part.process.poll() is not None for part in parts), 4)


def test_a_part_ends_with_its_supervisor_however_that_ends():
    watch = (
        "import os, time; from app.stopping import stop_with_parent\n"
        "stop_with_parent(); print(os.getpid(), flush=True); time.sleep(60)"
    )
    parent = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {watch!r}], stdin=subprocess.PIPE, start_new_session=True)\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    child = int(process.stdout.readline())

    process.kill()
    process.wait()

    until(lambda: not _alive(child), 5)


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
