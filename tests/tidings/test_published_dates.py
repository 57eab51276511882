from datetime import UTC, datetime, timedelta

import pytest

from tidings.dates import is_late, local, printed, to_the_minute, zone_note
from tidings.records import Published

MIDNIGHT_IN_SHANGHAI = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def published(precision, zone="+08:00", value=MIDNIGHT_IN_SHANGHAI):
    return Published(value=value, precision=precision, found="list", zone=zone)


@pytest.mark.parametrize(
    ("precision", "text", "zone"),
    [
        ("second", "2026-11-24 00:00", "+08:00"),
        ("minute", "2026-11-24 00:00", "+08:00"),
        ("day", "2026-11-24", ""),
        ("month", "2026-11", ""),
        ("year", "2026", ""),
    ],
)
def test_date_is_printed_in_its_own_zone_and_no_more_exactly_than_stated(precision, text, zone):
    assert (printed(published(precision)), zone_note(published(precision))) == (text, zone)


def test_zone_with_odd_minutes_is_kept():
    assert printed(published("minute", zone="-03:30")) == "2026-11-23 12:30"


@pytest.mark.parametrize("zone", ["Z", "", "CST", "+99:00"])
def test_zone_that_names_no_offset_is_read_as_utc(zone):
    assert local(published("minute", zone=zone)) == MIDNIGHT_IN_SHANGHAI
    assert printed(published("minute", zone=zone)) == "2026-11-23 16:00"


def test_a_time_of_ours_is_in_utc_to_the_minute():
    assert to_the_minute(datetime.fromisoformat("2026-11-24T08:30:29+08:00")) == "2026-11-24 00:30"


@pytest.mark.parametrize(
    ("precision", "after", "late"),
    [
        ("minute", timedelta(hours=23), False),
        ("minute", timedelta(hours=25), True),
        ("day", timedelta(hours=47), False),
        ("day", timedelta(hours=49), True),
        ("month", timedelta(days=31), False),
        ("month", timedelta(days=33), True),
        ("year", timedelta(days=366), False),
        ("year", timedelta(days=368), True),
    ],
)
def test_page_is_late_a_day_after_what_it_stated_was_over(precision, after, late):
    assert is_late(published(precision), MIDNIGHT_IN_SHANGHAI + after) is late


def test_page_without_a_date_is_never_late():
    assert is_late(None, MIDNIGHT_IN_SHANGHAI) is False
