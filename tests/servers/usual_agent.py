"""The Faust agent of the tutorials, to be run as a process: consume, work, send on. One message in ten fails, once."""

import asyncio
import signal
import sys

import faust


async def main(bootstrap: str, source: str, sink: str) -> None:
    app = faust.App(
        f"usual-{source}",
        broker=f"kafka://{bootstrap}",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        broker_session_timeout=6.0,
        broker_request_timeout=10.0,
        consumer_group_instance_id="usual",
    )
    pages = app.topic(source, key_serializer="raw", value_serializer="raw")
    failed: set[bytes] = set()
    done = app.topic(sink, key_serializer="raw", value_serializer="raw")

    @app.agent(pages)
    async def work(stream):
        async for page in stream:
            if page.endswith(b"7") and page not in failed:
                failed.add(page)
                raise OSError("the disk was full just now")
            await done.send(value=page)

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app.loop = loop
    await app.start()
    print("started", flush=True)
    await stop.wait()
    await app.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
