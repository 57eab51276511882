import json
import socket
import struct
import threading
from http import HTTPStatus
from http.client import HTTPConnection

import pytest

from deploy.demo.edition import edition
from deploy.demo.site import Site
from tidings.errors import ConfigError

SECONDS_MAX = 5


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site.json")
    site.start()
    yield site
    site.close()


def ask(site, path, *, method="GET", **headers):
    """(status, headers, body) of one request."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=SECONDS_MAX)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        connection.close()


def test_site_serves_what_the_table_says(site):
    served = {path: ask(site, path)[2] for path in edition(site.pages, 0, site.address)}

    assert served == {path: document.body for path, document in edition(site.pages, 0, site.address).items()}


def test_parameters_of_an_address_are_ignored(site):
    plain = ask(site, "/news/endoscopy-nurses.html")
    with_parameter = ask(site, "/news/endoscopy-nurses.html?utm_source=feed")

    assert (plain[0], plain[2]) == (with_parameter[0], with_parameter[2])
    assert plain[0] == HTTPStatus.OK


def test_unknown_and_not_yet_published_addresses_are_not_found(site):
    paths = ["/nothing", "/../../etc/passwd", "/news/halden-gulf-hub.html"]

    assert [ask(site, path)[0] for path in paths] == [HTTPStatus.NOT_FOUND] * 3


def test_head_gives_the_headers_of_get_and_no_body(site):
    head, get = (ask(site, "/zh/index.html", method=method) for method in ("HEAD", "GET"))

    assert head[0] == get[0] == HTTPStatus.OK
    assert [head[1][name] for name in ("ETag", "Content-Length")] == [
        get[1][name] for name in ("ETag", "Content-Length")
    ]
    assert head[2] == b""


@pytest.mark.parametrize("path", ["/news/feed.xml", "/gov/index.html", "/zh/2026/1104/1001.html"])
def test_second_look_with_a_validator_gives_304_without_a_body(site, path):
    _, headers, _ = ask(site, path)
    by_tag = ask(site, path, If_None_Match=headers["ETag"])
    by_date = ask(site, path, If_Modified_Since=headers["Last-Modified"])

    assert [(answer[0], answer[2]) for answer in (by_tag, by_date)] == [(HTTPStatus.NOT_MODIFIED, b"")] * 2


def test_another_tag_gives_the_page_whatever_the_date_says(site):
    _, headers, body = ask(site, "/gov/index.html")
    answer = ask(site, "/gov/index.html", If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])

    assert (answer[0], answer[2]) == (HTTPStatus.OK, body)


def test_validators_of_a_corrected_page_and_of_a_list_with_an_old_notice_no_longer_hold(site):
    """The notice that step 8 adds is dated a year back: the list is newer all the same."""
    paths = ["/zh/2026/1104/1001.html", "/gov/index.html"]
    before = [ask(site, path)[1] for path in paths]
    for _ in range(8):
        site.publish()
    by_tag = [ask(site, path, If_None_Match=old["ETag"])[0] for path, old in zip(paths, before, strict=True)]
    by_date = [
        ask(site, path, If_Modified_Since=old["Last-Modified"])[0] for path, old in zip(paths, before, strict=True)
    ]

    assert by_tag == by_date == [HTTPStatus.OK] * 2


def test_publishing_over_http_moves_on_step_by_step_to_the_last(site):
    answers = [json.loads(ask(site, "/_demo/publish", method="POST")[2]) for _ in range(site.last_step + 1)]

    assert [answer["step"] for answer in answers] == [*range(1, 11), 10]
    assert [bool(answer["news"]) for answer in answers] == [True] * 10 + [False]
    assert ask(site, "/news/halden-gulf-hub.html")[0] == HTTPStatus.OK
    assert json.loads(ask(site, "/_demo/step")[2]) == {"step": 10, "last": 10}


def test_publishing_needs_a_post(site):
    assert (ask(site, "/_demo/publish")[0], site.step) == (HTTPStatus.NOT_FOUND, 0)


def test_publishing_from_many_threads_skips_and_repeats_no_step(site):
    news = []
    threads = [threading.Thread(target=lambda: news.append(tuple(site.publish()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS_MAX)

    assert site.step == 8
    assert len(set(news)) == 8


def test_robots_txt_closes_the_timeline_and_nothing_else(site):
    assert ask(site, "/robots.txt")[2] == b"User-agent: *\nDisallow: /_demo/\n"


def test_restart_shows_what_was_published(tmp_path):
    first = Site(tmp_path / "site.json")
    first.start()
    first.publish()
    first.publish()
    first.close()
    again = Site(tmp_path / "site.json")
    again.start()
    again.close()

    assert again.step == 2
    assert again.document("/gov/2026/t20261124_1001.html") is not None


@pytest.mark.parametrize("content", ["", "[]", '{"step": -1}', '{"step": "two"}', "{"])
def test_damaged_state_is_named_and_not_guessed_at(tmp_path, content):
    (tmp_path / "site.json").write_text(content, "utf-8")

    with pytest.raises(ConfigError, match=r"site\.json"):
        Site(tmp_path / "site.json")


def test_pages_follow_each_other_on_one_connection(site):
    connection = HTTPConnection("127.0.0.1", site.port, timeout=SECONDS_MAX)
    statuses = []
    for path in ("/news/feed.xml", "/nothing", "/zh/index.html"):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()

    assert statuses == [HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.OK]


def test_clients_that_hang_up_in_the_middle_leave_no_trace_and_the_next_is_served(site, capfd):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", site.port), timeout=SECONDS_MAX) as rude:
            # Closing with linger 0 resets the connection, as the end of a killed process does.
            rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            rude.send(b"GET /news/feed.xml HT")
    status = ask(site, "/news/feed.xml")[0]

    assert status == HTTPStatus.OK
    assert capfd.readouterr().err == ""
