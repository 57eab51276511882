"""Polls of a real site over a real log: what is appended, in which order, and what is not."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from crawlers.source import ListLayout, Paging, Recheck, Source
from tidings.records import Listed, Page, Poll

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_first_crawl_appends_every_listed_page_oldest_first_and_silently_and_then_the_poll(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)

    desk.crawl(listing())

    assert desk.pages() == [
        Page(
            source="notices",
            url=site.url(f"/a/{n}.html"),
            fetched_at=AT,
            charset="utf-8",
            body=site.pages[f"/a/{n}.html"].encode(),
            listed=Listed(title=f"Notice {n}", date=f"2026-11-{n:02}", place=2 - n),
            live=False,
        )
        for n in (1, 2)
    ]
    assert desk.polls() == [Poll(source="notices", at=AT, result="ok", listed=2, new=2, overlapped=False)]


def test_what_appears_after_the_first_crawl_is_live_and_nothing_is_fetched_twice(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)
    desk.crawl(listing())
    site.asked.clear()
    site.listing(4, 3, 2, 1)
    desk.later(hours=1)

    desk.crawl(listing())

    assert site.paths == ["/list.html", "/a/3.html", "/a/4.html"]
    assert [(page.url, page.live) for page in desk.pages()[2:]] == [
        (site.url("/a/3.html"), True),
        (site.url("/a/4.html"), True),
    ]
    assert desk.polls()[1] == Poll(source="notices", at=desk.now, result="ok", listed=4, new=2, overlapped=True)


def test_a_list_that_has_not_changed_is_asked_for_with_its_validators_and_not_parsed(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(1)
    body = site.pages["/list.html"].encode()
    validators = {"ETag": '"v1"', "Last-Modified": "Tue, 24 Nov 2026 07:00:00 GMT", "Cache-Control": "no-cache"}
    site.pages["/list.html"] = lambda headers: (
        (304, validators, b"") if headers.get("if-none-match") == '"v1"' else (200, validators, body)
    )
    desk.crawl(listing())
    desk.later(hours=1)

    desk.crawl(listing())

    path, headers, _ = site.asked[-1]
    assert (path, headers["if-none-match"], headers["if-modified-since"]) == (
        "/list.html",
        '"v1"',
        "Tue, 24 Nov 2026 07:00:00 GMT",
    )
    assert desk.polls()[1] == Poll(source="notices", at=desk.now, result="unchanged", overlapped=True)


def test_validators_are_not_sent_after_a_week_since_some_servers_answer_304_for_ever(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(1)
    body = site.pages["/list.html"].encode()
    site.pages["/list.html"] = lambda headers: (
        (304, {}, b"") if "if-none-match" in headers else (200, {"ETag": '"stuck"', "Content-Type": "text/html"}, body)
    )
    desk.crawl(listing())
    desk.later(days=8)

    desk.crawl(listing())

    assert [poll.result for poll in desk.polls()] == ["ok", "ok"]


def test_a_list_without_any_known_item_is_a_gap_silent_and_said_aloud(
    site: Any, desk: Any, listing: Callable[..., Source], caplog: Any
) -> None:
    site.listing(1)
    desk.crawl(listing())
    site.listing(9, 8)
    desk.later(hours=1)

    desk.crawl(listing())

    assert [page.live for page in desk.pages()] == [False, False, False]
    assert desk.polls()[1] == Poll(source="notices", at=desk.now, result="ok", listed=2, new=2, overlapped=False)
    assert [record.action for record in caplog.records if getattr(record, "action", "") == "gap"] == ["gap"]


def test_older_list_pages_are_read_until_one_shows_a_known_item(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    source = listing(paging=Paging(mode="index-minus-one", limit=5))
    site.listing(1)
    desk.crawl(source)
    site.listing(7, 6)
    site.listing(5, 4, path="/list_1.html")
    site.listing(3, 1, path="/list_2.html")
    site.listing(0, path="/list_3.html")
    site.asked.clear()
    desk.later(hours=1)

    desk.crawl(source)

    fetched = [f"/a/{n}.html" for n in (3, 4, 5, 6, 7)]
    assert site.paths == ["/list.html", "/list_1.html", "/list_2.html", *fetched]
    assert [page.live for page in desk.pages()[1:]] == [True] * 5
    assert [page.listed.place for page in desk.pages()[1:]] == [4, 3, 2, 1, 0]
    assert desk.polls()[1] == Poll(source="notices", at=desk.now, result="ok", listed=6, new=5, overlapped=True)


def test_a_server_that_ignores_the_page_number_is_asked_once_more_and_not_for_ever(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)
    site.pages["/list.html?page=2"] = site.pages["/list.html"]

    desk.crawl(listing(paging=Paging(mode="query-n", limit=50)))

    assert site.paths[:2] == ["/list.html", "/list.html?page=2"]
    assert len(site.asked) == 4


def test_the_end_of_the_archive_is_no_fault(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    site.listing(2, 1)

    desk.crawl(listing(paging=Paging(mode="index-n", limit=50)))

    assert site.paths[1] == "/list_2.html"
    assert [(poll.result, poll.listed) for poll in desk.polls()] == [("ok", 2)]


def test_a_young_page_that_was_edited_is_appended_again_and_one_that_was_not_is_not(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    source = listing(recheck=Recheck(days=2, every_minutes=30))
    site.listing(2, 1)
    desk.crawl(source)
    site.pages["/a/1.html"] = "<html><h1>Notice 1</h1><p>Corrected text.</p></html>"
    desk.later(minutes=40)

    desk.crawl(source)

    assert [(page.url, b"Corrected" in page.body, page.live) for page in desk.pages()] == [
        (site.url("/a/1.html"), False, False),
        (site.url("/a/2.html"), False, False),
        (site.url("/a/1.html"), True, True),
    ]
    assert desk.pages()[2].listed == Listed(title="Notice 1", date="2026-11-01", place=1)


def test_a_page_is_looked_at_again_no_more_often_than_asked_and_only_while_it_is_young(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    source = listing(recheck=Recheck(days=1, every_minutes=60))
    site.listing(1)
    counts = []
    for minutes in (0, 30, 30, 30, 30, 24 * 60):
        desk.later(minutes=minutes)
        desk.crawl(source)
        counts.append(site.paths.count("/a/1.html"))

    assert counts == [1, 1, 2, 2, 3, 3]


def test_a_young_page_is_asked_for_with_its_own_validators(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    source = listing(recheck=Recheck(days=2, every_minutes=30))
    site.listing(1)
    site.pages["/a/1.html"] = lambda headers: (
        (304, {}, b"") if headers.get("if-none-match") == '"p1"' else (200, {"ETag": '"p1"'}, b"<p>Text.</p>")
    )
    desk.crawl(source)
    desk.later(minutes=40)

    desk.crawl(source)

    assert site.asked[-1][0] == "/a/1.html"
    assert site.asked[-1][1]["if-none-match"] == '"p1"'
    assert len(desk.pages()) == 1


def test_links_with_tracking_parameters_and_every_spelling_of_one_address_are_one_page(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    links = [
        "/a/1.html?utm_source=list",
        "/a/1.html",
        "./a/1.html#top",
        "a/../a/1.html",
        f"http://127.0.0.1:{site.port}/a/1.html",
    ]
    site.listing(1)
    site.pages["/a/1.html?utm_source=list"] = site.pages["/a/1.html"]
    items = "".join(f"<li><a href='{link}'>Notice</a></li>" for link in links)
    site.pages["/list.html"] = f"<ul class='list'>{items}</ul>"

    desk.crawl(listing())

    assert len(site.asked) == 2
    assert len(desk.pages()) == 1
    assert desk.polls()[0].listed == 1


def test_one_page_on_two_lists_is_fetched_once_and_known_to_both(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)
    site.listing(2, path="/other.html")
    other = listing(name="other", start=(site.url("/other.html"),))

    desk.crawl(listing(), other)
    desk.later(hours=1)
    desk.crawl(listing(), other)

    assert site.paths.count("/a/2.html") == 1
    assert [(poll.source, poll.new, poll.overlapped) for poll in desk.polls()] == [
        ("notices", 2, False),
        ("other", 1, False),
        ("notices", 0, True),
        ("other", 0, True),
    ]


def test_a_page_that_moved_is_known_under_both_addresses(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    site.listing(1)
    site.pages["/moved.html"] = site.pages["/a/1.html"]
    site.pages["/a/1.html"] = (301, {"Location": "/moved.html"}, b"")
    desk.crawl(listing())
    desk.later(hours=1)

    desk.crawl(listing())

    assert [page.url for page in desk.pages()] == [site.url("/moved.html")]
    assert site.paths.count("/a/1.html") == 1
    assert desk.polls()[1] == Poll(source="notices", at=desk.now, result="ok", listed=1, new=0, overlapped=True)


def test_a_page_that_cannot_be_fetched_is_named_in_the_poll_tried_three_times_and_given_up(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)
    site.pages["/a/1.html"] = (404, {"Content-Type": "text/html"}, b"<p>This notice has been taken down for now.</p>")
    for _ in range(5):
        desk.crawl(listing())
        desk.later(hours=1)

    assert site.paths.count("/a/1.html") == 3
    assert [poll.new for poll in desk.polls()] == [2, 1, 1, 0, 0]
    said = f"1 could not be fetched: {site.url('/a/1.html')}: answers 404"
    assert [poll.detail for poll in desk.polls()] == [said, said, said, "", ""]


def test_a_page_missed_at_the_silent_first_crawl_stays_silent_when_it_comes(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)
    there = site.pages["/a/1.html"]
    site.pages["/a/1.html"] = None
    desk.crawl(listing())
    site.pages["/a/1.html"] = there
    desk.later(hours=1)

    desk.crawl(listing())

    assert [(page.url, page.live) for page in desk.pages()] == [
        (site.url("/a/2.html"), False),
        (site.url("/a/1.html"), False),
    ]


def test_a_challenge_on_the_list_is_blocked_and_its_validators_are_not_kept(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    wall = b"<html><script>document.cookie='__jsl_clearance=1';location.reload()</script></html>"
    site.pages["/list.html"] = (521, {"ETag": '"wall"', "Content-Type": "text/html"}, wall)
    desk.crawl(listing())
    desk.later(hours=1)
    desk.crawl(listing())

    assert [poll.result for poll in desk.polls()] == ["blocked", "blocked"]
    assert desk.pages() == []
    assert len(site.asked) == 2
    assert "if-none-match" not in site.asked[1][1]


def test_a_challenge_in_place_of_an_article_ends_the_poll_at_once(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(3, 2, 1)
    site.pages["/a/2.html"] = (412, {}, b"<html><script>$_ts={}</script></html>")

    desk.crawl(listing())

    assert [page.url for page in desk.pages()] == [site.url("/a/1.html")]
    assert site.paths == ["/list.html", "/a/1.html", "/a/2.html"]
    assert desk.polls() == [
        Poll(source="notices", at=AT, result="blocked", detail=f"{site.url('/a/2.html')}: status 412")
    ]


def test_items_beyond_the_limit_of_one_list_are_not_looked_at(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(*range(9, 0, -1))

    desk.crawl(listing(max_items=3))

    assert [page.listed.title for page in desk.pages()] == ["Notice 7", "Notice 8", "Notice 9"]
    assert desk.polls()[0].listed == 3


def test_only_links_that_the_source_wants_are_followed(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    links = [
        "javascript:void(0)",
        "mailto:desk@example.org",
        "#top",
        "ftp://127.0.0.1/x",
        "/a/1.html",
        "/b/2.html",
        "/a/print/1.html",
    ]
    site.listing(1)
    items = "".join(f"<li><a href='{link}'>Notice</a></li>" for link in links)
    site.pages["/list.html"] = f"<ul class='list'>{items}</ul>"
    wanted = ListLayout(rows="ul.list li", allow=r"/a/", deny=r"/print/")

    desk.crawl(listing(list=wanted))

    assert site.paths == ["/list.html", "/a/1.html"]


def test_requests_to_one_host_keep_their_distance_also_from_one_source_to_the_next(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)
    site.listing(3, path="/other.html")
    other = listing(name="other", start=(site.url("/other.html"),), delay_seconds=0.2)

    desk.crawl(listing(delay_seconds=0.2), other)

    times = [at for _, _, at in site.asked]
    assert len(times) == 5
    assert min(b - a for a, b in itertools.pairwise(times)) > 0.18


def test_the_user_agent_names_the_project_and_a_contact(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    site.listing(1)

    desk.crawl(listing(), contact="https://example.org/bot")

    assert {headers["user-agent"] for _, headers, _ in site.asked} == {"Tidings/0.1 (+https://example.org/bot)"}


def test_a_compressed_page_is_stored_unpacked(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    import gzip

    site.listing(1)
    site.pages["/a/1.html"] = (
        200,
        {"Content-Type": "text/html; charset=gb2312", "Content-Encoding": "gzip"},
        gzip.compress("<p>核磁共振</p>".encode("gb18030")),
    )

    desk.crawl(listing())

    assert [(p.body.decode("gb18030"), p.charset) for p in desk.pages()] == [("<p>核磁共振</p>", "gb2312")]


def test_a_list_that_is_read_otherwise_than_last_time_is_asked_for_anew(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)
    body = site.pages["/list.html"].encode()
    site.pages["/list.html"] = lambda headers: (
        (304, {}, b"") if "if-none-match" in headers else (200, {"ETag": '"v1"', "Content-Type": "text/html"}, body)
    )
    desk.crawl(listing(list=ListLayout(rows="ul.list li", deny="/2")))
    desk.later(hours=1)

    desk.crawl(listing())

    assert [page.url for page in desk.pages()] == [site.url("/a/1.html"), site.url("/a/2.html")]


def test_an_interval_for_rehearsals_is_also_that_between_looks_at_a_young_page(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    source = listing(recheck=Recheck(days=1, every_minutes=60))
    site.listing(1)
    desk.crawl(source)
    desk.later(seconds=3)

    desk.crawl(source, every_seconds=2)

    assert site.paths.count("/a/1.html") == 2


def test_a_list_of_which_something_was_missed_is_asked_for_anew(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)
    there, body = site.pages["/a/1.html"], site.pages["/list.html"].encode()
    site.pages["/a/1.html"] = None
    site.pages["/list.html"] = lambda headers: (
        (304, {}, b"") if "if-none-match" in headers else (200, {"ETag": '"v1"', "Content-Type": "text/html"}, body)
    )
    desk.crawl(listing())
    site.pages["/a/1.html"] = there
    desk.later(hours=1)

    desk.crawl(listing())

    assert [page.url for page in desk.pages()] == [site.url("/a/2.html"), site.url("/a/1.html")]
