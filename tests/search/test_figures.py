from decimal import Decimal

import pytest

from search.figures import exact, is_scaled, short
from tidings.records import Quantity


def quantity(value, unit, *, upper=None, approx=None):
    return Quantity(value=Decimal(value), upper=Decimal(upper) if upper else None, unit=unit, approx=approx)


@pytest.mark.parametrize(
    ("figure", "short_form", "exact_form"),
    [
        (quantity("345400000000", "USD"), "USD 345.4 bn", "345,400,000,000 USD"),
        (quantity("5333000000", "CNY"), "CNY 5.333 bn", "5,333,000,000 CNY"),
        (quantity("12345678901", "CNY"), "CNY 12.35 bn", "12,345,678,901 CNY"),
        (quantity("300000000000", "CNY", approx="over"), "over CNY 300 bn", "300,000,000,000 CNY"),
        (quantity("3000000000", "CNY", upper="4000000000"), "CNY 3–4 bn", "3,000,000,000 – 4,000,000,000 CNY"),
        (quantity("8000", "CNY"), "CNY 8,000", "8,000 CNY"),
        (quantity("2100000000000", "CNY"), "CNY 2.1 tn", "2,100,000,000,000 CNY"),
        (quantity("-8.2", "percent"), "−8.2%", "−8.2 percent"),
        (quantity("12.74", "percent"), "12.74%", "12.74 percent"),
        (quantity("7", "percentage_points"), "7 pp", "7 percentage points"),
        (quantity("190", "countries", approx="over"), "over 190 countries", "190 countries"),
        (quantity("14200", "units"), "14,200 units", "14,200 units"),
        (quantity("3", "rank"), "no. 3", "3 rank"),
        (quantity("0", "CNY"), "CNY 0", "0 CNY"),
        (quantity("0.5", "percent"), "0.5%", "0.5 percent"),
        (quantity("1E+9", "USD"), "USD 1 bn", "1,000,000,000 USD"),
        (quantity("999999999", "USD"), "USD 1 bn", "999,999,999 USD"),
    ],
)
def test_figure_is_short_for_the_eye_and_exact_beside(figure, short_form, exact_form):
    assert (short(figure), exact(figure)) == (short_form, exact_form)


def test_change_bears_its_sign_whichever_way_it_went():
    rise, fall, none = (short(quantity(value, "percent"), signed=True) for value in ("5.4", "-5.4", "0"))

    assert (rise, fall, none) == ("+5.4%", "−5.4%", "0%")


def test_only_a_shortened_figure_needs_its_digits_beside_it():
    assert is_scaled(quantity("1000000", "CNY"))
    assert not is_scaled(quantity("999999", "CNY"))
    assert not is_scaled(quantity("28", "percent"))
