"""The search UI and the JSON API, as one Starlette application. Reads no setting: `app` passes what it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from search import api, article, hits, notices
from search import form as forms
from search.form import FACETS, Form
from search.index import Index
from search.notices import NotificationView
from search.security import HEADERS, SecurityHeaders
from tidings.documents import Document
from tidings.errors import NotFoundError, QueryError, TidingsError
from tidings.lexicon import Lexicon
from tidings.query import FIELDS, explain, matches, parse
from tidings.records import Span

HERE = Path(__file__).parent

#: The newest notifications, newest first, at most as many as asked for.
Notifications = Callable[[int], Sequence[NotificationView]]
#: What a reader should know is amiss now, one sentence each; empty when all is well.
Health = Callable[[], Sequence[str]]


def create_app(
    *,
    index: Index,
    lexicon: Lexicon,
    notifications: Notifications,
    health: Health = tuple,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application: pages, API and static files, and the further `routes` (metrics, health).

    Endpoints run in worker threads, so `index`, `notifications` and `health` are called from several threads.
    """
    desk = Desk(index=index, lexicon=lexicon, notifications=notifications, health=health, templates=_templates())
    return Starlette(
        routes=[
            *routes,
            Route("/", desk.search_page),
            Route("/article/{id}", desk.article_page),
            Route("/notifications", desk.notifications_page),
            Route("/api/search", desk.search_api),
            Route("/api/article/{id}", desk.article_api),
            Route("/api/notifications", desk.notifications_api),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={
            QueryError: desk.bad_request,
            NotFoundError: desk.not_found,
            HTTPException: desk.http_error,
            TidingsError: desk.unavailable,
            Exception: desk.broken,
        },
    )


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The pages over one index."""

    index: Index
    lexicon: Lexicon
    notifications: Notifications
    health: Health
    templates: Environment

    # -- pages --------------------------------------------------------------------------------------------------------

    def search_page(self, request: Request) -> Response:
        """GET /: the hits and the filters; a query that cannot be parsed is explained beside the box (400)."""
        form = forms.read(request.query_params)
        shown: dict[str, Any] = {"page": "search", "form": form, "applied": hits.applied_views(form), "fields": FIELDS}
        shown["unfiltered"] = form.unfiltered().address()
        try:
            query = form.query(self.lexicon)
            result = self.index.search(query, order=form.order, limit=form.limit, after=form.after, facets=list(FACETS))
        except QueryError as error:
            return self.render("search.html", status=400, error=str(error), **shown)
        return self.render(
            "search.html",
            understood=self.understood(form),
            hits=[hits.hit_view(hit, form, self.index.story(hit.document.story.id)) for hit in result.hits],
            facets=hits.facet_views(result, form),
            orders=hits.order_views(form),
            total_text=hits.total_text(result.total, form),
            older=form.older(result.next).address() if result.next else "",
            first_page=form.first_page().address() if form.after else "",
            **shown,
        )

    def article_page(self, request: Request) -> Response:
        """GET /article/{id}: the text with its evidence; with ?q= and filters also what they matched."""
        document = self.document(request)
        form = forms.read(request.query_params)
        spans, error = self.matched(form, document)
        shown = article.page(document, self.index.story(document.story.id), spans, form)
        back = "" if form.is_empty else form.address()
        return self.render("article.html", page="article", form=form, back=back, error=error, **shown)

    def notifications_page(self, request: Request) -> Response:
        """GET /notifications: newest first."""
        views = self.notifications(_notices_limit(request))
        count = f"the newest {len(views)}" if len(views) > 1 else ""
        return self.render(
            "notifications.html", page="notifications", count_text=count, notices=[notices.notice(v) for v in views]
        )

    # -- API ----------------------------------------------------------------------------------------------------------

    def search_api(self, request: Request) -> Response:
        """GET /api/search?q=&order=&limit=&after= and filters such as company=."""
        form = forms.read(request.query_params)
        query = form.query(self.lexicon)
        result = self.index.search(query, order=form.order, limit=form.limit, after=form.after, facets=list(FACETS))
        return api.answer(api.search_body(result, form, self.understood(form)))

    def article_api(self, request: Request) -> Response:
        """GET /api/article/{id}."""
        document = self.document(request)
        return api.answer(api.article_body(document, self.index.story(document.story.id)))

    def notifications_api(self, request: Request) -> Response:
        """GET /api/notifications?limit=."""
        views = self.notifications(_notices_limit(request))
        return api.answer({"notifications": [api.notification_body(view) for view in views]})

    # -- faults -------------------------------------------------------------------------------------------------------

    def bad_request(self, request: Request, error: Exception) -> Response:
        """What was asked cannot be understood."""
        return self.fault(request, 400, "This cannot be searched for", str(error))

    def not_found(self, request: Request, error: Exception) -> Response:
        """There is no such article."""
        return self.fault(request, 404, "Not here", str(error))

    def http_error(self, request: Request, error: Exception) -> Response:
        """No such page, or not with this method."""
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            return self.fault(request, 404, "Not here", "There is no such page.")
        response = self.fault(request, error.status_code, "Not like this", error.detail)
        response.headers.update(error.headers or {})
        return response

    def unavailable(self, request: Request, error: Exception) -> Response:
        """The index cannot answer; our own messages name the remedy and hold no secret."""
        return self.fault(request, 503, "The search cannot answer now", str(error))

    def broken(self, request: Request, error: Exception) -> Response:
        """A defect: the server logs it, the reader learns no detail."""
        # Runs outside the middleware, so it adds the headers itself.
        response = self.fault(request, 500, "Something broke", "The fault has been logged. Try again in a moment.")
        response.headers.update(HEADERS)
        return response

    def fault(self, request: Request, status: int, heading: str, message: str) -> Response:
        """An error as JSON below /api/, as a page elsewhere."""
        if request.url.path.startswith("/api/"):
            return api.error(message, status)
        text = self.templates.get_template("error.html").render(heading=heading, message=message)
        return HTMLResponse(text, status_code=status)

    # -- parts --------------------------------------------------------------------------------------------------------

    def render(self, template: str, *, status: int = 200, **shown: Any) -> Response:
        """A page."""
        text = self.templates.get_template(template).render(amiss=self.health(), **shown)
        return HTMLResponse(text, status_code=status)

    def document(self, request: Request) -> Document:
        """The article that the path names. Raises NotFoundError."""
        article_id = request.path_params["id"]
        document = self.index.get(article_id)
        if document is None:
            raise NotFoundError(f"article {article_id[:80]} is not in the index; search for its title")
        return document

    def matched(self, form: Form, document: Document) -> tuple[Sequence[Span], str]:
        """What the search that led here matched, and why its words could not be parsed ("" if they could)."""
        if form.is_empty:
            return (), ""
        try:
            return matches(form.query(self.lexicon), document) or (), ""
        except QueryError as error:
            return (), str(error)

    def understood(self, form: Form) -> str:
        """The words as they were understood; "" if there are none."""
        return explain(parse(form.q, self.lexicon)) if form.q else ""


def _notices_limit(request: Request) -> int:
    text = request.query_params.get("limit", "")
    return forms.whole_number("limit", text, default=notices.LIMIT_DEFAULT, most=notices.LIMIT_MAX)


def _templates() -> Environment:
    """Templates that escape everything and name what they miss."""
    defaults: Mapping[str, object] = {"page": "", "amiss": (), "error": "", "understood": "", "form": Form()}
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(defaults)
    return environment
