import pytest

from search.security import safe_link


@pytest.mark.parametrize(
    "url",
    ["https://nmpa.example/a?b=1#c", "http://127.0.0.1:8080/x", "https://例子.example/新闻", "HTTPS://A.example/"],
)
def test_web_address_becomes_a_link(url):
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "urn:tidings:1",
        "//evil.example/x",
        "/relative",
        "https:/\\evil.example",
        "https://",
        "https:// evil.example/",
        "https://[broken/",
        "",
        "https://a.example/" + "x" * 5_000,
    ],
)
def test_anything_else_never_becomes_one(url):
    assert safe_link(url) is None
