import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.blocks import BLOCKS_MAX, HEADER_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from alerts.desk import ITEMS_MAX
from alerts.render import render
from alerts.view import SUBJECT_CHARACTERS_MAX
from tidings.records import Item, MarketSize, Notification, Published, Quantity, Registration, Span

APPROVAL = Registration(
    evidence=Span(field="body", start=0, end=1),
    companies=("Mindray",),
    authority="NMPA",
    action="approved",
    registration_no="国械注准20253061234",
    device_class="III",
)
MARKET = MarketSize(
    evidence=Span(field="body", start=0, end=1),
    metric="size",
    segment="high-end medical equipment",
    quantity=Quantity(value=Decimal("345400000000"), unit="USD"),
    period="2023",
)
ITEM = Item(
    story="s1",
    article="a1",
    title="监护仪获批 & sold",
    url="https://site.test/a?x=1&y=2",
    source="site",
    origin="国家药监局",
    published=Published(value=datetime(2025, 11, 19, 16, tzinfo=UTC), precision="day", found="list", zone="+08:00"),
    first_seen=datetime(2026, 11, 24, 3, 15, tzinfo=UTC),
    late=True,
    signal=APPROVAL,
    evidence="监护仪\t深圳迈瑞\t国械注准20253061234",
)
NOTIFICATION = Notification(
    id="k1",
    pos=(1, 0, 0),
    rule="NMPA approvals",
    channel="email",
    recipient="desk@example.com",
    items=(ITEM,),
    because="rule 'NMPA approvals': registration approved by NMPA",
)

change = msgspec.structs.replace

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><style>@import url(https://evil.test/x.css)</style>",
    "{{ 7*7 }}{% raw %}",
    "<!channel> <@U024BE7LH> <https://evil.test|Mindray>",
    "Subject\r\nBcc: all@example.com\r\n\r\n<b>",
    "&lt;script&gt;",
]


def notification(*items, **over):
    return change(NOTIFICATION, items=items or (ITEM,), **over)


class Tags(HTMLParser):
    """Every tag and attribute that a mail program would see."""

    def __init__(self, html):
        super().__init__()
        self.seen = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    handle_startendtag = handle_starttag


def test_plain_text_says_it_all():
    message = render(
        notification(ITEM, change(ITEM, signal=MARKET, evidence="一句话。"), held=3), site="http://tidings.test/"
    )

    assert (message.subject, message.text) == (
        "NMPA approved · Mindray · 国械注准20253061234 · Class III (+4 more) · late",
        """\
NMPA approved · Mindray · 国械注准20253061234 · Class III
  > 监护仪 | 深圳迈瑞 | 国械注准20253061234

Market USD 345.4 bn · high-end medical equipment · 2023
exactly USD 345,400,000,000
  > 一句话。

监护仪获批 & sold (国家药监局)
published 2025-11-20, first seen 2026-11-24 03:15 UTC
LATE: its own date lies well before the day it was found
https://site.test/a?x=1&y=2
http://tidings.test/article/a1

and 3 more in the article
Why: rule 'NMPA approvals': registration approved by NMPA
""",
    )


def test_a_query_rule_s_subject_is_title_and_origin():
    message = render(notification(change(ITEM, signal=None, late=False, evidence="")))

    assert (message.subject, message.text) == (
        "监护仪获批 & sold · 国家药监局",
        """\
监护仪获批 & sold (国家药监局)
published 2025-11-20, first seen 2026-11-24 03:15 UTC
https://site.test/a?x=1&y=2

Why: rule 'NMPA approvals': registration approved by NMPA
""",
    )


def test_slack_blocks_say_the_same_within_slack_s_escapes():
    message = render(notification(change(ITEM, title="<!channel> A & B"), held=1))

    assert message.blocks == (
        {
            "type": "header",
            "text": {
                "type": "plain_text",
                "text": "NMPA approved · Mindray · 国械注准20253061234 · Class III (+1 more) · late",
            },
        },
        {
            "type": "section",
            "text": {
                "type": "mrkdwn",
                "text": "NMPA approved · Mindray · 国械注准20253061234 · Class III\n"
                "> 监护仪 | 深圳迈瑞 | 国械注准20253061234",
            },
        },
        {
            "type": "section",
            "text": {
                "type": "mrkdwn",
                "text": "<https://site.test/a?x=1&amp;y=2|&lt;!channel&gt; A &amp; B>",
            },
        },
        {
            "type": "context",
            "elements": [
                {
                    "type": "mrkdwn",
                    "text": "国家药监局 · published 2025-11-20 · first seen 2026-11-24 03:15 UTC · late",
                }
            ],
        },
        {
            "type": "context",
            "elements": [
                {
                    "type": "mrkdwn",
                    "text": "and 1 more in the article · Why: rule 'NMPA approvals': registration approved by NMPA",
                }
            ],
        },
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_titles_evidence_and_sources_are_text_in_the_mail_and_nothing_else(hostile):
    item = change(ITEM, title=hostile, evidence=hostile, origin=hostile, signal=change(APPROVAL, product=hostile))

    message = render(notification(item, because=hostile), site="http://tidings.test")
    calm = change(item, title="t", evidence=re.sub(r"[^\r\n]+", "e", hostile), origin="o", signal=APPROVAL)
    plain = render(notification(calm, because="b"), site="http://tidings.test")

    assert Tags(message.html).seen == Tags(plain.html).seen
    assert message.subject.isprintable()


def test_the_mail_asks_nothing_of_any_other_machine():
    tags = Tags(render(notification(), site="http://tidings.test").html).seen

    loading = {"src", "background", "srcset", "data", "action"}
    assert [
        tag
        for tag, attributes in tags
        if tag in ("img", "script", "link", "style", "iframe") or loading & set(attributes)
    ] == []
    assert "url(" not in "".join(attributes.get("style", "") for _, attributes in tags)
    assert [attributes["href"] for tag, attributes in tags if tag == "a"] == [
        "https://site.test/a?x=1&y=2",
        "http://tidings.test/article/a1",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "urn:tidings:42",
        "data:text/html,x",
        'https://site.test/"onclick="x',
        "https://site.test/a>b",
        "https://site.test/\u202eb",
        "//site.test/a",
        "https://site.test/" + "a" * 3000,
    ],
)
def test_an_address_that_leads_nowhere_safe_is_no_link(url):
    message = render(notification(change(ITEM, url=url)))

    assert "href" not in message.html
    assert message.blocks[2]["text"]["text"] == "监护仪获批 &amp; sold"


def test_the_longest_notification_is_within_every_limit_of_slack():
    item = change(
        ITEM,
        title="&" * 5000,
        evidence="<>&\n" * 5000,
        url="https://site.test/" + "&" * 1900,
        origin="o" * 9000,
        signal=change(APPROVAL, product="<&" * 4000),
    )
    items = tuple(change(item, article=f"a{n}") for n in range(ITEMS_MAX * 3))

    blocks = render(notification(*items, because="<" * 9000)).blocks

    texts = [block["text"]["text"] for block in blocks[1:] if "text" in block]
    texts += [block["elements"][0]["text"] for block in blocks if "elements" in block]
    assert len(blocks) == BLOCKS_MAX
    assert max(map(len, texts)) <= TEXT_CHARACTERS_MAX
    assert len(blocks[0]["text"]["text"]) <= HEADER_CHARACTERS_MAX


@given(text=st.text(max_size=400), url=st.text(max_size=60))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_whatever_a_page_says_subject_links_and_mrkdwn_stay_whole(text, url):
    item = change(ITEM, title=text, evidence=text, origin=text, url="https://site.test/" + url, signal=None)

    message = render(notification(item))

    assert [c for c in message.subject if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")] == []
    assert 0 < len(message.subject) <= SUBJECT_CHARACTERS_MAX
    message.text.encode()
    assert [tag for tag, _ in Tags(message.html).seen if tag not in ALLOWED] == []
    for link in re.findall(r"<([^>|]*)", "".join(_mrkdwn(message.blocks))):
        assert urlsplit(link).scheme == "https"


ALLOWED = {"html", "head", "meta", "title", "body", "div", "blockquote", "mark", "a", "strong", "span"}


def _mrkdwn(blocks):
    for block in blocks[1:]:
        yield block["text"]["text"] if "text" in block else block["elements"][0]["text"]
