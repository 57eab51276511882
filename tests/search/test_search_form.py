from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from search.form import FACETS, FILTERS_MAX, QUERY_CHARACTERS_MAX, Form, read
from tidings.errors import QueryError
from tidings.query import And, Field, Words

VALUES = st.text(alphabet="a 国&=?#%+\"'<é", min_size=1, max_size=12)
FORMS = st.builds(
    Form,
    q=VALUES.map(str.strip),
    filters=st.lists(st.tuples(st.sampled_from(list(FACETS)), VALUES), max_size=4, unique=True).map(tuple),
    order=st.sampled_from(["newest", "best"]),
    limit=st.integers(1, 200),
    after=st.none() | VALUES,
)


@given(FORMS)
@settings(derandomize=True, deadline=None)
def test_address_of_a_search_asks_for_that_search(form):
    assert read(QueryParams(urlsplit(form.address()).query)) == form


@given(FORMS, st.sampled_from(list(FACETS)), VALUES)
@settings(derandomize=True, deadline=None)
def test_filter_that_was_added_can_be_removed_again(form, field, value):
    without = form.widened(field, value)

    assert without.narrowed(field, value).widened(field, value) == without


def test_every_change_of_the_search_starts_at_its_first_page():
    form = Form(q="ct", filters=(("type", "export"),), after="there")

    assert [
        neighbour.after
        for neighbour in (
            form.first_page(),
            form.ordered("best"),
            form.narrowed("type", "deal"),
            form.widened("type", "export"),
            form.unfiltered(),
        )
    ] == [None] * 5


def test_words_and_filters_narrow_each_other(lexicon):
    form = Form(q="scanner", filters=(("type", "export"), ("company", "Mindray")))

    assert form.query(lexicon) == And(
        (form.unfiltered().query(lexicon), Field("type", "export"), Field("company", "Mindray"))
    )
    assert form.unfiltered().query(lexicon) in (Words("scanner"), And((Words("scanner"),)))


def test_article_is_reached_with_what_marks_it_and_without_the_place_in_the_list():
    form = Form(q="ct", filters=(("type", "export"),), order="best", limit=50, after="there")
    parts = urlsplit(form.article("a/b"))

    assert (parts.path, parse_qsl(parts.query)) == ("/article/a%2Fb", [("q", "ct"), ("type", "export")])


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("order=oldest", 'order is "oldest"; want newest or best'),
        ("limit=0", 'limit is "0"; want a whole number from 1 to 200'),
        ("limit=201", 'limit is "201"; want a whole number from 1 to 200'),
        ("limit=٣", 'limit is "٣"; want a whole number from 1 to 200'),
        ("q=" + "x" * (QUERY_CHARACTERS_MAX + 1), "query of 1001 characters; want at most 1000"),
        ("&".join(f"type={n}" for n in range(FILTERS_MAX + 1)), "21 filters; want at most 20"),
        ("after=" + "x" * 501, "a filter or cursor is too long; want at most 500 characters"),
    ],
)
def test_what_cannot_be_asked_for_is_named(address, fault):
    with pytest.raises(QueryError) as error:
        read(QueryParams(address))

    assert str(error.value) == fault


def test_parameters_of_no_meaning_are_ignored():
    assert read(QueryParams("utm_source=x&type=&type=deal&type=deal")) == Form(filters=(("type", "deal"),))
