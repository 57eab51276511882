import json
import re

import pytest
from making import later

from app.inputs import pages
from tidings.errors import PageError
from tidings.records import Page, content_id


def lines(*articles):
    return "\n".join(json.dumps(a, ensure_ascii=False) for a in articles)


def test_article_lines_become_pages_with_their_address_or_an_address_made_of_their_id(tmp_path):
    file = tmp_path / "articles.jsonl"
    given = {"id": "n1", "url": None, "title": "迈瑞", "published": "2026-11-20", "text": "正文"}
    file.write_text(lines(given, {**given, "id": "n2", "url": "http://a.test/x", "labels": [1]}))

    found = list(pages(file, later(0), live=False, source="archive"))

    assert found == [
        Page(
            source="archive",
            url=url,
            fetched_at=later(0),
            content_type="application/x-tidings-article",
            charset="utf-8",
            body=json.dumps({**given, "id": id_, "url": given_url}, ensure_ascii=False, sort_keys=True).encode(),
            live=False,
        )
        for id_, given_url, url in [("n1", None, "urn:tidings:n1"), ("n2", "http://a.test/x", "http://a.test/x")]
    ]


def test_a_line_that_is_no_article_is_named_and_the_rest_goes_on(tmp_path):
    file = tmp_path / "articles.jsonl"
    file.write_text("not json\n\n[1]\n{}\n" + lines({"id": "n1", "title": "t", "text": "x"}))

    found = list(pages(file, later(0), live=True))

    want = "no article; want a JSON object with id, url, title, published and text"
    assert [str(f) for f in found[:3]] == [f"articles.jsonl, line {n}: {want}" for n in (1, 3, 4)]
    assert [type(f) for f in found] == [PageError, PageError, PageError, Page]


@pytest.mark.parametrize(("name", "kind"), [("a.html", "text/html"), ("a.HTM", "text/html"), ("a.txt", "text/plain")])
def test_a_saved_page_or_text_is_one_page(tmp_path, name, kind):
    file = tmp_path / name
    file.write_bytes(b"hello")

    [page] = pages(file, later(0), live=True)

    url = f"urn:tidings:{content_id(file.resolve())}:{name}"
    assert page == Page(source="ingest", url=url, fetched_at=later(0), content_type=kind, body=b"hello")


def test_two_files_of_one_name_are_two_articles(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "page.html").write_text("x")

    urls = {next(pages(tmp_path / folder / "page.html", later(0), live=True)).url for folder in ("a", "b")}

    assert len(urls) == 2


def test_a_file_of_another_kind_or_too_large_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr("app.inputs.BODY_BYTES_MAX", 10)
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    (tmp_path / "b.html").write_bytes(b"x" * 11)

    faults = [str(next(pages(tmp_path / name, later(0), live=True))) for name in ("a.pdf", "b.html")]

    assert [re.sub(r"^.*/", "", fault) for fault in faults] == [
        "a.pdf: a .pdf file; want .jsonl, .html or .txt",
        "b.html: 11 bytes; want at most 10",
    ]
