from datetime import UTC, datetime

from search.times import found_words, machine
from tidings.records import Published


def test_a_time_for_programs_is_in_utc_to_the_second():
    assert machine(datetime.fromisoformat("2026-11-24T08:30:29.5+08:00")) == "2026-11-24T00:30:29Z"


def test_place_where_the_date_was_found_is_said_in_words():
    listed, odd = (
        Published(value=datetime(2026, 11, 24, tzinfo=UTC), precision="day", found=found) for found in ("list", "other")
    )

    assert (found_words(listed), found_words(odd)) == ("the list page", "other")
