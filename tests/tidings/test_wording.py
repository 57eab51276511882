import pytest

from tidings.wording import heading, regions, shortened, words


@pytest.mark.parametrize(
    ("value", "inside", "first"),
    [
        ("market_size", "market size", "Market size"),
        ("ai-software", "AI software", "AI software"),
        ("mri", "MRI", "MRI"),
        ("xray", "X-ray", "X-ray"),
        ("510k", "510(k)", "510(k)"),
        ("rd_spend", "R&D spend", "R&D spend"),
        ("ipo", "IPO", "IPO"),
        ("price_cut", "price cut", "Price cut"),
    ],
)
def test_a_value_is_written_as_a_reader_writes_it(value, inside, first):
    assert (words(value), heading(value)) == (inside, first)


def test_regions_go_by_name_where_one_is_better_known_than_the_code():
    assert [regions(codes) for codes in (("CN",), ("US", "AE"), ())] == ["China", "United States, AE", ""]


def test_what_is_too_long_ends_in_an_ellipsis_within_the_limit():
    assert [shortened("abcdef", 6), shortened("abcdefg", 6), shortened("abcd efg", 6)] == ["abcdef", "abcde…", "abcd…"]
