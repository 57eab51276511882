"""canonical(): one spelling for each address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidings.errors import PageError
from tidings.urls import canonical

SPELLINGS = [
    ("HTTP://WWW.Site.test:80/a", "http://www.site.test/a"),
    ("https://site.test:443", "https://site.test/"),
    ("https://site.test:8443/a", "https://site.test:8443/a"),
    ("https://user:word@site.test/a#part", "https://site.test/a"),
    ("https://site.test/a/../b/./c", "https://site.test/b/c"),
    ("https://site.test/b/..", "https://site.test/"),
    ("https://site.test/%7euser/%e4%b8%ad文", "https://site.test/~user/%E4%B8%AD%E6%96%87"),
    ("https://site.test/a b?q=1 2", "https://site.test/a%20b?q=1%202"),
    ("https://site.test/?b=2&a=1", "https://site.test/?a=1&b=2"),
    ("https://site.test/?id=7&utm_source=x&f=rss&spm=1.2&from=timeline", "https://site.test/?id=7"),
    ("https://site.test/a;jsessionid=1A2B?id=7", "https://site.test/a?id=7"),
    ("https://site.test/col/index.html", "https://site.test/col/index.html"),
    ("https://site.test/#/notice/12", "https://site.test/#/notice/12"),
    ("https://例子.test/a", "https://xn--fsqu00a.test/a"),
    ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    (" https://site.test/a\n", "https://site.test/a"),
    ("urn:tidings:seed-001", "urn:tidings:seed-001"),
]


@pytest.mark.parametrize(("spelling", "expected"), SPELLINGS)
def test_spellings_of_an_address_become_one(spelling: str, expected: str) -> None:
    assert canonical(spelling) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://site.test/n?id=1", "https://site.test/n?id=2"),
        ("https://site.test/n?from=2026-01-01", "https://site.test/n?from=2026-02-01"),
        ("https://site.test/#/n/1", "https://site.test/#/n/2"),
        ("http://site.test/n", "https://site.test/n"),
        ("https://site.test/n", "https://site.test/n/"),
        ("https://site.test/%C4%E3", "https://site.test/%C4%E4"),
        ("https://site.test/a%2Fb", "https://site.test/a/b"),
    ],
)
def test_addresses_of_two_pages_stay_two(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "text", ["http://[bad", "https://", "http://site.test:port/", "https://site.test/" + "a" * 5000]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(PageError):
        canonical(text)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\"), max_size=40), st.text(max_size=20))
def test_the_canonical_form_is_its_own_canonical_form(path: str, query: str) -> None:
    once = canonical(f"https://site.test/{path}?q={query}")

    assert canonical(once) == once
