from decimal import Decimal

import pytest

from tidings.figures import exact, short, stated, unshortened
from tidings.records import Export, MarketShare, Policy, Quantity, Results, Signal, Span

HERE = Span(field="body", start=0, end=1)


def quantity(value, unit, *, upper=None, approx=None):
    return Quantity(value=Decimal(value), upper=Decimal(upper) if upper else None, unit=unit, approx=approx)


@pytest.mark.parametrize(
    ("figure", "short_form", "exact_form"),
    [
        (quantity("345400000000", "USD"), "USD 345.4 bn", "USD 345,400,000,000"),
        (quantity("5333123456", "CNY"), "CNY 5.333 bn", "CNY 5,333,123,456"),
        (quantity("12345678901", "CNY"), "CNY 12.35 bn", "CNY 12,345,678,901"),
        (quantity("300000000000", "CNY", approx="over"), "over CNY 300 bn", "CNY 300,000,000,000"),
        (quantity("3E9", "CNY", upper="4E9", approx="about"), "about CNY 3–4 bn", "CNY 3,000,000,000–4,000,000,000"),
        (quantity("900000000", "CNY", upper="1100000000"), "CNY 0.9–1.1 bn", "CNY 900,000,000–1,100,000,000"),
        (quantity("8000", "CNY"), "CNY 8,000", "CNY 8,000"),
        (quantity("12345.60", "USD"), "USD 12,345.6", "USD 12,345.6"),
        (quantity("999999", "CNY"), "CNY 999,999", "CNY 999,999"),
        (quantity("999999999", "USD"), "USD 1 bn", "USD 999,999,999"),
        (quantity("1E+9", "USD"), "USD 1 bn", "USD 1,000,000,000"),
        (quantity("2100000000000", "CNY"), "CNY 2.1 tn", "CNY 2,100,000,000,000"),
        (quantity("-2500000", "EUR"), "EUR −2.5 m", "EUR −2,500,000"),
        (quantity("0", "CNY"), "CNY 0", "CNY 0"),
        (quantity("-8.2", "percent"), "−8.2%", "−8.2 percent"),
        (quantity("-8", "percent", upper="-4"), "−8 to −4%", "−8 to −4 percent"),
        (quantity("12.745", "percent"), "12.745%", "12.745 percent"),
        (quantity("0.5", "percent"), "0.5%", "0.5 percent"),
        (quantity("40", "percent", approx="under"), "under 40%", "40 percent"),
        (quantity("1.20", "percentage_points"), "1.2 pp", "1.2 percentage points"),
        (quantity("190", "countries", approx="over"), "over 190 countries", "190 countries"),
        (quantity("1E3", "hospitals"), "1,000 hospitals", "1,000 hospitals"),
        (quantity("14200", "units"), "14,200 units", "14,200 units"),
        (quantity("2500000", "units"), "2.5 m units", "2,500,000 units"),
        (quantity("3", "rank"), "no. 3", "no. 3"),
    ],
)
def test_figure_is_short_for_the_eye_and_exact_beside(figure, short_form, exact_form):
    assert (short(figure), exact(figure)) == (short_form, exact_form)


def test_change_bears_its_sign_whichever_way_it_went():
    rise, fall, none = (short(quantity(value, "percent"), signed=True) for value in ("5.4", "-5.4", "0"))

    assert (rise, fall, none) == ("+5.4%", "−5.4%", "0%")


@pytest.mark.parametrize(
    ("signal", "figure", "digits"),
    [
        (Export(evidence=HERE, metric="export_growth", quantity=quantity("5.4", "percent")), "+5.4%", ""),
        (Export(evidence=HERE, metric="overseas_revenue_share", quantity=quantity("28", "percent")), "28%", ""),
        (
            Export(evidence=HERE, metric="export_value", quantity=quantity("51000000000", "USD")),
            "USD 51 bn",
            "USD 51,000,000,000",
        ),
        (MarketShare(evidence=HERE, metric="share", quantity=quantity("7", "percentage_points")), "+7 pp", ""),
        (Results(evidence=HERE, metric="profit_growth", quantity=quantity("-3", "percent")), "−3%", ""),
        (Policy(evidence=HERE, stage="issued"), "", ""),
    ],
)
def test_figure_of_a_signal_has_a_sign_where_it_is_a_change_and_its_digits_where_some_are_left_out(
    signal: Signal, figure, digits
):
    assert (stated(signal), unshortened(signal)) == (figure, digits)
