"""`tidings serve`: the search page and the JSON API, and what an operator's tools ask for."""

import dataclasses
import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app import ready
from app.stopping import stop_with_parent

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from app.wiring import Service
    from search.notices import NotificationView

logger = logging.getLogger(__name__)

#: Open requests are given this long when the process is told to stop (whole seconds).
STOP_SECONDS = 1


def serve(service: "Service", *, with_parent: bool) -> int:
    """Serve until told to stop; gives the exit status."""
    import uvicorn

    from search.web import create_app

    if with_parent:
        stop_with_parent()
    pages = Pages(service)
    application = create_app(
        index=service.index,
        lexicon=service.lexicon,
        notifications=pages.notifications,
        health=pages.health,
        routes=pages.routes(),
    )
    bind, port = service.values["bind"], service.values["port"]
    config = uvicorn.Config(
        application,
        host=bind,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    logger.info(f"search page on http://{bind}:{port}", extra={"action": "serving"})
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1


class Pages:
    """What the pages ask of the log. Endpoints run in several threads; one lock guards the views that grow."""

    def __init__(self, service: "Service") -> None:
        self._service = service
        self._lock = threading.Lock()

    def notifications(self, limit: int) -> Sequence["NotificationView"]:
        """The newest notifications, newest first, with what was delivered and what became of it."""
        from search.notices import NotificationView

        with self._lock:
            content = self._service.content.catch_up()
            newest = list(content.notifications.values())[-limit:][::-1]
            receipts = [content.receipts.get(notification.id, []) for notification in newest]
        views = []
        for notification, got in zip(newest, receipts, strict=True):
            message = self._service.render(notification)
            views.append(
                NotificationView(
                    notification=notification, subject=message.subject, text=message.text, receipts=list(got)
                )
            )
        return views

    def health(self) -> Sequence[str]:
        """What is amiss now, a sentence each."""
        return [f"{finding.subject}: {finding.says}" for finding in self._findings() if not finding.ok]

    def routes(self) -> "list[BaseRoute]":
        """/healthz, /readyz, /metrics, /api/status."""
        from starlette.routing import Route

        return [
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
            Route("/api/status", self._status),
        ]

    def _findings(self) -> list[ready.Finding]:
        with self._lock:
            return list(self._service.readiness())

    def _healthz(self, request: "Request") -> "Response":
        from starlette.responses import PlainTextResponse

        return PlainTextResponse("alive\n")

    def _readyz(self, request: "Request") -> "Response":
        from starlette.responses import JSONResponse

        found = self._findings()
        status = 200 if all(finding.ok for finding in found) else 503
        return JSONResponse([dataclasses.asdict(finding) for finding in found], status_code=status)

    def _metrics(self, request: "Request") -> "Response":
        from prometheus_client import CollectorRegistry, generate_latest
        from starlette.responses import Response

        from app.reporting import LogCollector

        registry = CollectorRegistry()
        with self._lock:
            registry.register(LogCollector(self._service.status))
            text = generate_latest(registry)
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    def _status(self, request: "Request") -> "Response":
        from starlette.responses import JSONResponse

        with self._lock:
            return JSONResponse(_summary(self._service))


def _summary(service: "Service") -> dict[str, Any]:
    from app.statusview import summary

    return summary(service.content.catch_up(), service.status())
