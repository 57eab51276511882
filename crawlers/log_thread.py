"""The one thread that talks to the log, so that a log that does not answer holds up neither fetching nor a stop.

One for all calls: they keep their order, and a log whose readers belong to a thread needs one set of them. A thread of
our own and not one of asyncio's: Python's end waits for those, and brokers may take a minute to say no.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class LogThread:
    """Runs calls one after another. Ends with the process at the latest."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True, name="log")
        self._thread.start()

    async def run(
        self, call: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Answer:
        """What `call` returns or raises. Cancelled: a call that waits is not begun, one under way goes on unheard."""
        future: Future[Answer] = Future()
        self._calls.put(lambda: _settle(future, lambda: call(*arguments, **named)))
        return await asyncio.wrap_future(future)

    def close(self, seconds_max: float) -> bool:
        """Take no further calls, and give the one under way so long to end. False: it goes on, left to itself."""
        self._calls.put(None)
        self._thread.join(seconds_max)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while call := self._calls.get():
            call()


def _settle(future: Future[Answer], call: Callable[[], Answer]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        answer = call()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(answer)
