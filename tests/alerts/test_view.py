from datetime import UTC, datetime

import pytest

from alerts.view import cleaned, when
from tidings.records import Published


def published(value, precision, zone="+00:00"):
    return Published(
        value=datetime.fromisoformat(value).replace(tzinfo=UTC), precision=precision, found="meta", zone=zone
    )


@pytest.mark.parametrize(
    ("date", "words"),
    [
        (None, "not stated"),
        (published("2025-11-19T16:00", "day", "+08:00"), "2025-11-20"),
        (published("2025-11-20T01:30", "minute", "+08:00"), "2025-11-20 09:30 +08:00"),
        (published("2025-11-20T01:30:05", "second", "-05:30"), "2025-11-19 20:00 -05:30"),
        (published("2025-10-31T16:00", "month", "+08:00"), "2025-11"),
        (published("2025-01-01T00:00", "year"), "2025"),
        (published("2025-11-20T01:30", "minute", "Z"), "2025-11-20 01:30 Z"),
    ],
)
def test_a_date_is_shown_as_the_page_states_it(date, words):
    assert when(date) == words


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Mindray\r\nBcc: all@example.com", "Mindray Bcc: all@example.com"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("ab\u202egnp.exe\u2066", "abgnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (" 国家　药监局\t", "国家 药监局"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("line\u2028line\x85line", "line line line"),
    ],
)
def test_one_line_stays_one_line_and_nothing_in_it_is_hidden(text, clean):
    assert cleaned(text) == clean
