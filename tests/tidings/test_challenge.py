"""challenge(): what bot defences answer, told from pages."""

import pytest

from tidings.challenge import challenge

SCRIPT = (
    b"<html><head><title></title></head><body><script>var a='"
    + b"0f3c" * 400
    + b"';document.cookie=a;</script></body></html>"
)
ARTICLE = (
    b"<html><body><h1>Title</h1><p>"
    + b"The regulator cleared a device, it said on Monday. " * 20
    + b"</p></body></html>"
)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (412, b"<html><meta id=x content=abc><script>$_ts={}</script></html>", "status 412"),
        (521, b"<script>document.cookie='x'</script>", "status 521"),
        (403, b"<html><body>Forbidden</body></html>", "status 403 with a tiny body"),
        (202, b"<html><script src=/c.js></script><body>Please wait</body></html>", "status 202 with a script"),
        (200, SCRIPT, "script-only body"),
        (200, b"<html><script>var arg1='AB';acw_sc__v2(arg1)</script></html>", "challenge: acw_sc__v2"),
        (200, "<html><body>请开启JavaScript并刷新该页</body></html>".encode(), "challenge: 请开启javascript"),
        (203, b"<p>Cookies must be enabled to continue.</p>", "challenge: cookies must be enabled"),
    ],
)
def test_a_challenge_is_told_by_status_and_body(status: int, body: bytes, expected: str) -> None:
    assert challenge(status, body) == expected


def test_a_challenge_in_gb18030_is_told() -> None:
    assert challenge(200, "<body>访问过于频繁，请稍后再试</body>".encode("gb18030")) is not None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, ARTICLE),
        (200, ARTICLE.replace(b"Title", b"How acw_sc__v2 and Just a moment... work")),
        (403, ARTICLE * 3),
        (202, ARTICLE + b"<script>count()</script>"),
        (200, b""),
        (200, b"<html><body><div id=app></div><script src=/app.js></script></body></html>"),
        (200, b"<html><body><img src=poster.png><script>count()</script></body></html>"),
        (200, b"<script>" + b"a" * 40_000 + b"</script>"),
    ],
)
def test_a_page_is_no_challenge(status: int, body: bytes) -> None:
    assert challenge(status, body) is None
