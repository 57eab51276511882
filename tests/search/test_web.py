"""The pages, as a browser without JavaScript gets them."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from morning import articles, copies, events, notices, words
from selectolax.lexbor import LexborHTMLParser

from search import marks
from search.sink import index_events
from search.tantivy import TantivyIndex


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, response.text[:500]
    return LexborHTMLParser(response.text)


def texts(tree, selector):
    return [" ".join(node.text().split()) for node in tree.css(selector)]


def by_title(start):
    return next(read for read in articles() if read.title.startswith(start))


def all_titles(client, address):
    """The titles of every page of a search, by following its links."""
    titles = []
    while address:
        tree = page(client, address)
        titles += texts(tree, ".hit h2")
        link = tree.css_first("a[rel=next]")
        address = link.attributes["href"] if link else None
        assert len(titles) < 200
    return titles


def test_start_page_lists_everything_newest_first(client):
    tree = page(client, "/")

    assert texts(tree, ".total") == ["29 articles, newest first"]
    assert len(tree.css(".hit")) == 20


def test_older_pages_reach_every_article_once(client):
    titles = all_titles(client, "/")

    expected = [" ".join((read.title or read.url).split()) for read in (*articles(), *copies())]
    assert sorted(titles) == sorted(expected)


def test_hit_shows_title_source_dates_snippet_and_signals(client):
    tree = page(client, "/?q=photon-counting")

    (hit,) = tree.css(".hit")
    assert texts(hit, "h2") == ["FDA clears photon-counting CT from Siemens Healthineers for children’s hearts"]
    assert texts(hit, ".from") == ["device-weekly"]
    assert texts(hit, ".when") == ["2026-11-21 14:05 -05:00 First seen 11-22 15:05"]
    assert texts(hit, ".chip") == ["Registration · approved · FDA · 510(k)"]
    assert texts(hit, ".snippet mark") == ["photon-counting"]


def test_what_matched_is_marked_in_the_title(client):
    tree = page(client, "/?q=brussels")

    assert texts(tree, ".hit h2 mark") == ["Brussels"]


def test_company_in_the_query_marks_its_name_in_the_text(client):
    tree = page(client, "/?q=mindray+type:results")

    assert texts(tree, ".understood em") == ["company Mindray and signal type results"]
    assert texts(tree, ".snippet mark") == ["迈瑞医疗"]


def test_query_that_cannot_be_parsed_is_explained_beside_the_box(client):
    tree = page(client, '/?q="open', status=400)

    (error,) = texts(tree, ".ask .error")
    assert "quot" in error or '"' in error
    assert tree.css_first("#q").attributes["value"] == '"open'
    assert texts(tree, ".hit") == []
    assert len(tree.css(".syntax td")) == 14


def test_cursor_from_another_order_is_refused(client):
    tree = page(client, "/?q=ct&after=best+20", status=400)

    assert "is no page of results by time" in texts(tree, ".ask .error")[0]


def test_search_without_a_hit_says_what_to_try(client):
    tree = page(client, "/?q=%22no+such+words%22&type=deal")

    assert texts(tree, ".nothing h2") == ["No article matches"]
    assert texts(tree, ".nothing li") == [
        "Remove the filters and keep the words.",
        "Every word must occur: leave some out, or join them with OR.",
        "Words in quotation marks must stand exactly so: try them without.",
        "A known company’s name finds the company in either language; in quotation marks it is only letters.",
        "See everything, newest first.",
    ]


def test_empty_index_says_that_nothing_was_read_yet(serve, tmp_path):
    tree = page(serve(TantivyIndex(tmp_path / "index")), "/")

    assert texts(tree, ".nothing h2") == ["Nothing has been read yet"]


def test_count_beside_a_filter_is_what_it_leads_to(client):
    tree = page(client, "/?q=ct")

    offered = [
        (link.attributes["href"], int(link.css_first("b").text())) for link in tree.css(".facets a") if link.css("b")
    ]
    found = [int(texts(page(client, address), ".total")[0].split()[0]) for address, _ in offered]
    assert len(offered) > 15
    assert found == [count for _, count in offered]


def test_filters_combine_and_can_be_removed_one_by_one(client):
    tree = page(client, "/?q=ct&device=ct&source=device-weekly")

    assert texts(tree, ".total") == ["2 articles"]
    assert texts(tree, ".filter") == ["Device CT ×: remove", "Source device-weekly ×: remove"]
    assert [parse_qsl(urlsplit(link.attributes["href"]).query) for link in tree.css(".filter")] == [
        [("q", "ct"), ("source", "device-weekly")],
        [("q", "ct"), ("device", "ct")],
    ]
    assert texts(tree, ".facets a.on") == ["CT×", "device-weekly×"]


def test_new_words_keep_the_filters(client):
    tree = page(client, "/?q=ct&device=ct&order=best")

    assert [(node.attributes["name"], node.attributes["value"]) for node in tree.css(".query input")] == [
        ("q", "ct"),
        ("device", "ct"),
        ("order", "best"),
    ]


def test_reposts_are_counted_at_the_first_and_slim_below_it(client):
    tree = page(client, "/?q=%22Device+exports+pass%22")

    assert sorted(texts(tree, ".reposts")) == ["+3 reposts", *["repost of medtrade-wire"] * 3]
    assert [len(hit.css(".snippet")) for hit in tree.css(".repost")] == [0, 0, 0]


def test_page_dated_long_before_it_was_seen_is_marked_late(client):
    tree = page(client, "/?q=archive")

    assert texts(tree, ".late") == ["late"]
    assert texts(page(client, "/?q=photon-counting"), ".late") == []


def test_what_is_amiss_stands_on_every_page(client):
    for address in ("/", f"/article/{articles()[0].id}", "/notifications"):
        assert texts(page(client, address), ".amiss p") == ["nmpa has not answered for 40 minutes"]


# -- an article -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [read for read in articles() if read.signals], ids=lambda read: read.source)
def test_evidence_of_every_signal_is_marked_whole_and_its_note_says_which(client, read):
    tree = page(client, f"/article/{read.id}")

    assert [node.id for node in tree.css(".note")] == [f"signal-{signal.key}" for signal in read.signals]
    for number, signal in enumerate(read.signals, start=1):
        marked = [
            n.text() for n in tree.css(".evidence") if f"signal-{signal.key}" in n.attributes["data-notes"].split()
        ]
        assert "".join(marked) == words(read, signal).replace("\t", "").replace("\n", "")
        (link,) = tree.css(f"a#evidence-{signal.key}")
        assert (link.text(), link.attributes["href"]) == (str(number), f"#signal-{signal.key}")
        assert tree.css_first(f"#signal-{signal.key} .number").attributes["href"] == f"#evidence-{signal.key}"


def test_text_of_an_article_is_its_body_and_nothing_else(client):
    read = by_title("Device exports")
    tree = page(client, f"/article/{read.id}")
    for extra in tree.css(".notes, .number"):
        extra.decompose()

    assert [node.text() for node in tree.css(".text p")] == read.body.split("\n")


def test_table_of_an_article_is_a_table(client):
    tree = page(client, f"/article/{articles()[0].id}")

    assert texts(tree, ".text th") == ["产品名称", "注册人名称", "注册证编号", "预期用途"]
    assert len(tree.css(".text tbody tr")) == 5


def test_article_shows_both_dates_and_where_the_first_was_found(client):
    tree = page(client, f"/article/{by_title('FDA clears').id}")

    assert texts(tree, ".dates div") == [
        "Published2026-11-21 14:05 -05:00 from the page's structured data",
        "First seen2026-11-22 15:05 UTC",
        "Sourcedevice-weekly.example ↗",
    ]


def test_link_to_the_source_tells_it_nothing(client):
    read = by_title("FDA clears")
    (link,) = page(client, f"/article/{read.id}").css(".dates a")

    assert link.attributes == {"href": read.url, "rel": "noopener noreferrer external", "target": "_blank"}


def test_words_that_led_to_an_article_are_marked_in_it(client):
    tree = page(client, f"/article/{articles()[0].id}?q=%E7%A3%81%E5%85%B1%E6%8C%AF&type=registration")

    assert texts(tree, ".text mark") == ["磁共振", "磁共振"]
    assert tree.css_first("a[data-back]").attributes["href"] == "/?q=%E7%A3%81%E5%85%B1%E6%8C%AF&type=registration"


def test_article_is_shown_even_if_the_words_beside_it_make_no_sense(client):
    tree = page(client, f"/article/{articles()[0].id}?q=%22open")

    assert len(tree.css(".note")) == 6
    assert len(tree.css(".ask .error")) == 1


def test_story_lists_every_copy_and_why_it_joined(client):
    read = by_title("Device exports")
    tree = page(client, f"/article/{read.id}")

    assert texts(tree, ".story .origin") == [
        "medtrade-wire",
        "portal-one, by medtrade-wire: same text",
        "portal-two, by medtrade-wire: same text",
        "daily-mirror, by medtrade-wire: same text",
    ]
    assert [link.attributes["href"] for link in tree.css(".story a")] == [f"/article/{copy.id}" for copy in copies()]


def test_names_of_an_article_lead_to_searches_that_find_it(client):
    read = articles()[0]
    links = [link.attributes["href"] for link in page(client, f"/article/{read.id}").css(".tags a")]

    assert len(links) == 1 + 5 + 1 + 5 + 1  # company, devices, topic, numbers, language
    for address in links:
        assert read.title in all_titles(client, address)


def test_long_text_is_cut_and_says_so(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(marks, "BODY_CHARACTERS_MAX", 120)
    index = TantivyIndex(tmp_path / "index")
    index_events(index)(list(enumerate(events())))
    read = by_title("Device exports")
    tree = page(serve(index), f"/article/{read.id}")

    assert texts(tree, ".cut") == ["The text is longer than this page shows. Read the rest at the source."]
    assert len(tree.css(".note")) == 4
    index.close()


def test_article_that_is_not_there_is_a_page_of_our_own(client):
    tree = page(client, "/article/nothing", status=404)

    assert texts(tree, ".nothing") == [
        "Not here article nothing is not in the index; search for its title Back to the search"
    ]


def test_page_that_is_not_there_is_a_page_of_our_own(client):
    assert texts(page(client, "/nowhere", status=404), ".nothing h1") == ["Not here"]


def test_other_methods_are_refused(client):
    response = client.post("/")

    assert (response.status_code, sorted(response.headers["allow"].split(", "))) == (405, ["GET", "HEAD"])


# -- notifications ----------------------------------------------------------------------------------------------------


def test_notifications_show_what_was_sent_to_whom_and_how_it_went(client):
    tree = page(client, "/notifications")

    assert texts(tree, ".notice h2") == [view.subject for view in notices()]
    assert texts(tree, ".badge") == ["sent", "will retry", "failed", "waiting"]
    assert texts(tree, ".to b") == ["email", "slack", "email", "console"]
    assert texts(tree, ".what > .error") == [
        "Slack asks to wait for 30 seconds",
        "550 no such mailbox: correct the rule",
    ]
    assert [node.text() for node in tree.css("pre")] == [view.text for view in notices()]


def test_item_of_a_notification_leads_to_its_evidence(client):
    tree = page(client, "/notifications")

    for link in tree.css(".items .title"):
        parts = urlsplit(link.attributes["href"])
        assert len(page(client, parts.path).css(f"#{parts.fragment}")) == 1


def test_receipts_of_a_notification_are_told_in_order(client):
    tree = page(client, "/notifications")

    assert texts(tree.css(".notice")[2], ".receipts tbody td") == [
        *("2026-11-24 09:40", "will retry", "", "mail.example:25 does not answer"),
        *("2026-11-24 09:41", "failed", "", "550 no such mailbox: correct the rule"),
    ]


def test_page_without_notifications_says_what_will_stand_there(serve, morning_index):
    assert texts(page(serve(morning_index), "/notifications"), ".nothing h2") == ["Nothing has been sent yet"]
