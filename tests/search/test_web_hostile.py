"""Hostile articles, queries and addresses: everything they say is text, and nothing of it acts."""

from urllib.parse import urlencode

import pytest
from morning import HOSTILE_SOURCE, HOSTILE_TITLE, articles
from selectolax.lexbor import LexborHTMLParser

from search.security import HEADERS

MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'

#: Every element that our own templates use. An element of an article would be one more.
OURS = {
    "-text", "-document", "html", "head", "meta", "title", "link", "script", "body", "a", "header", "div", "img",
    "nav", "button", "kbd", "aside", "p", "main", "section", "form", "label", "input", "ul", "ol", "li", "span",
    "i", "b", "h1", "h2", "h3", "time", "em", "details", "summary", "code", "dl", "dt", "dd", "mark", "table",
    "thead", "tbody", "tr", "th", "td", "article", "footer", "br", "blockquote", "pre", "-comment", "!doctype",
}  # fmt: skip
#: Every attribute that our own templates use. A handler of an article would be one more.
ATTRIBUTES = {
    "charset", "name", "content", "rel", "href", "type", "class", "src", "defer", "alt", "width", "height",
    "aria-label", "aria-current", "aria-hidden", "lang", "id", "popover", "popovertarget", "popovertargetaction", "for",
    "role", "action", "method", "value", "maxlength", "autocomplete", "autocapitalize", "spellcheck", "placeholder",
    "aria-invalid", "aria-describedby", "title", "datetime", "aria-labelledby", "tabindex", "scope", "target",
    "data-step", "data-step-target", "data-notes", "data-back",
}  # fmt: skip


def hostile():
    return next(read for read in articles() if read.title == HOSTILE_TITLE)


ADDRESSES = [
    "/",
    "/?" + urlencode({"q": MARKUP}),
    "/?" + urlencode({"q": '"' + MARKUP}),
    "/?" + urlencode({"q": "mri", "type": MARKUP, "company": "<i>Evil</i> & Co"}),
    "/?" + urlencode({"topic": "<u>topic</u>"}),
    "/?" + urlencode({"order": MARKUP}),
    "/?" + urlencode({"after": MARKUP}),
    f"/article/{hostile().id}",
    f"/article/{hostile().id}?" + urlencode({"q": MARKUP}),
    "/article/" + "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "/notifications",
    "/notifications?limit=" + "%3Cb%3E",
    "/%3Cscript%3E",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_element_attribute_or_address_comes_from_outside(client, address):
    tree = LexborHTMLParser(client.get(address).text)

    nodes = list(tree.root.traverse(include_text=False))
    assert {node.tag for node in nodes} - OURS == set()
    assert {name for node in nodes for name in node.attributes} - ATTRIBUTES == set()
    assert [node.attributes for node in tree.css("script")] == [{"src": "/static/keys.js", "defer": None}]
    links = [n.attributes[name] for n in nodes for name in ("href", "src", "action") if name in n.attributes]
    assert [link for link in links if not link.startswith(("/", "#", "https://", "http://"))] == []
    assert [link for link in links if link.startswith("//")] == []


def test_hostile_words_stand_on_the_page_as_they_are(client):
    tree = LexborHTMLParser(client.get(f"/article/{hostile().id}").text)

    assert tree.css_first("h1").text() == HOSTILE_TITLE
    assert tree.css_first("title").text() == f"{HOSTILE_TITLE} — Tidings"
    assert tree.css_first(".source").text() == HOSTILE_SOURCE
    assert "{{ 7 * 7 }} ${7*7}" in tree.css_first(".text").text()


def test_address_that_would_run_is_shown_and_is_no_link(client):
    tree = LexborHTMLParser(client.get(f"/article/{hostile().id}").text)

    assert tree.css_first(".address").text() == "javascript:alert(document.domain)"
    assert tree.css(".dates a") == []


def test_attachment_with_such_an_address_is_a_name_only(client):
    tree = LexborHTMLParser(client.get(f"/article/{articles()[0].id}").text)

    assert "a trap" in tree.css_first(".about").text()
    assert [link.text() for link in tree.css(".about a") if "trap" in link.text()] == []


@pytest.mark.parametrize(
    "address",
    [
        *ADDRESSES,
        "/api/search",
        "/api/search?order=" + "x",
        f"/api/article/{hostile().id}",
        "/api/notifications",
        "/static/base.css",
        "/static/nothing",
        "/static/../web.py",
        "/static/%2e%2e/web.py",
        "/healthz",
    ],
)
def test_every_response_bears_the_policy(client, address):
    headers = client.get(address).headers

    assert {name: headers.get(name) for name in HEADERS} == HEADERS


def test_json_is_json_to_every_browser(client):
    response = client.get(f"/api/article/{hostile().id}")

    assert response.headers["content-type"] == "application/json"
    assert response.json()["title"] == HOSTILE_TITLE


def test_nothing_but_the_static_files_can_be_fetched(client):
    for address in ("/static/%2e%2e/web.py", "/static/..%2fweb.py", "/static//etc/passwd", "/static/"):
        assert client.get(address).status_code == 404


def test_style_and_script_stand_in_files_of_their_own(client):
    for address in ("/", f"/article/{articles()[0].id}", "/notifications"):
        tree = LexborHTMLParser(client.get(address).text)
        assert tree.css("style, [style], script:not([src])") == []
