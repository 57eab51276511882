import pytest
from morning import articles, copies, notices, words

from search.security import HEADERS
from search.tantivy import TantivyIndex
from tidings.query import matches, parse


def export_article():
    return next(read for read in articles() if read.title.startswith("Device exports"))


def test_search_gives_hits_facets_and_the_next_page(client):
    first = client.get("/api/search", params={"q": "ct", "limit": 5}).json()
    second = client.get("/api/search", params={"q": "ct", "limit": 20, "after": first["next"]}).json()

    assert (first["query"], first["order"], first["understood"], first["total"]) == ("ct", "newest", "“ct”", 12)
    ids = [hit["id"] for hit in (*first["hits"], *second["hits"])]
    assert (len(first["hits"]), len(ids), len(set(ids)), second["next"]) == (5, 12, 12, None)
    assert {"value": "ct", "count": 11} in first["facets"]["device"]


def test_filters_of_the_api_are_those_of_the_page(client):
    found = client.get("/api/search", params=[("type", "registration"), ("device", "ct")]).json()

    assert found["filters"] == [{"field": "type", "value": "registration"}, {"field": "device", "value": "ct"}]
    assert [hit["source"] for hit in found["hits"]] == ["device-weekly"]


def test_spans_of_a_hit_are_what_the_query_means(client, morning_index, lexicon):
    query = parse("exports", lexicon)

    hits = client.get("/api/search", params={"q": "exports"}).json()["hits"]

    assert len(hits) == 5
    for hit in hits:
        wanted = matches(query, morning_index.get(hit["id"]))
        assert hit["spans"] == [{"field": s.field, "start": s.start, "end": s.end} for s in wanted]


def test_signal_is_flat_and_exact_and_bears_the_words_of_its_evidence(client):
    read = export_article()
    signal = read.signals[0]

    got = client.get(f"/api/article/{read.id}").json()["signals"][0]

    assert got == {
        "type": "export",
        "key": signal.key,
        "evidence": words(read, signal),
        "span": {"field": "body", "start": signal.evidence.start, "end": signal.evidence.end},
        "companies": [],
        "devices": [],
        "regions": ["CN"],
        "quantity": {"value": 48810000000, "upper": None, "unit": "USD", "approx": None},
        "period": "2025",
        "forecast": False,
        "confidence": 1.0,
        "metric": "export_value",
    }


def test_article_is_whole(client):
    read = export_article()

    got = client.get(f"/api/article/{read.id}").json()

    assert {name: got[name] for name in ("id", "title", "body", "published", "first_seen", "late", "revision")} == {
        "id": read.id,
        "title": read.title,
        "body": read.body,
        "published": {
            "value": "2026-11-24T00:15:00Z",
            "precision": "minute",
            "found": "list",
            "zone": "+08:00",
            "printed": "2026-11-24 08:15",
        },
        "first_seen": "2026-11-24T09:29:00Z",
        "late": False,
        "revision": read.revision,
    }
    assert [told["id"] for told in got["articles"]] == [read.id, *(copy.id for copy in copies())]


def test_notifications_are_given_newest_first_with_state_and_receipts(client):
    got = client.get("/api/notifications", params={"limit": 3}).json()["notifications"]

    assert [(each["id"], each["state"]) for each in got] == [
        (view.notification.id, state) for view, state in zip(notices(), ("sent", "retry", "dead"), strict=False)
    ]
    assert [receipt["state"] for receipt in got[2]["receipts"]] == ["retry", "dead"]


@pytest.mark.parametrize(
    ("address", "status", "fault"),
    [
        ("/api/search?q=colour:red", 400, "colour"),
        ("/api/search?limit=many", 400, 'limit is "many"; want a whole number from 1 to 200'),
        ("/api/search?after=nowhere", 400, "nowhere"),
        ("/api/article/nothing", 404, "article nothing is not in the index; search for its title"),
        ("/api/article/~position", 404, "article ~position is not in the index; search for its title"),
        ("/api/notifications?limit=0", 400, 'limit is "0"; want a whole number from 1 to 500'),
        ("/api/nothing", 404, "There is no such page."),
    ],
)
def test_fault_of_the_api_is_json_that_says_what_is_wrong(client, address, status, fault):
    response = client.get(address)

    assert response.status_code == status
    assert list(response.json()) == ["error"]
    assert fault in response.json()["error"]


def test_index_that_cannot_answer_says_the_remedy(serve, tmp_path):
    (tmp_path / "meta.json").write_text("no index of ours")
    client = serve(TantivyIndex(tmp_path))

    page, answer = client.get("/"), client.get("/api/search")

    assert (page.status_code, answer.status_code) == (503, 503)
    assert "run `tidings reindex`" in page.text
    assert "run `tidings reindex`" in answer.json()["error"]


def test_defect_is_told_without_details(serve, morning_index):
    def broken(limit):
        raise ValueError("password=hunter2")

    client = serve(morning_index, notifications=broken)

    for address in ("/notifications", "/api/notifications"):
        response = client.get(address)
        assert response.status_code == 500
        assert "hunter2" not in response.text
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
