import pytest
from morning import articles, money, words

from search.facts import chip, circumstances, details, value_name
from tidings.records import SIGNAL_TYPES, Export, MarketShare, Registration, Signal, Span, signal_type
from tidings.wording import heading

HERE = Span(field="body", start=0, end=1)


def test_chip_says_type_act_authority_and_class():
    signal = Registration(evidence=HERE, authority="NMPA", action="approved", device_class="III", pathway="innovative")

    assert (heading(signal_type(signal)), *chip(signal)) == (
        "Registration",
        "approved",
        "NMPA",
        "Class III",
        "innovative",
    )


@pytest.mark.parametrize(
    ("signal", "parts"),
    [
        (
            Export(evidence=HERE, metric="export_growth", quantity=money("5.4", "percent"), period="2025"),
            ("growth", "+5.4%", "2025"),
        ),
        (
            Export(evidence=HERE, metric="countries", quantity=money("190", "countries", approx="over")),
            ("over 190 countries",),
        ),
        (
            Export(
                evidence=HERE,
                metric="export_value",
                quantity=money("51000000000", "USD"),
                period="2026",
                forecast=True,
            ),
            ("value", "USD 51 bn", "2026", "forecast"),
        ),
        (
            MarketShare(evidence=HERE, metric="share_change", quantity=money("7", "percentage_points")),
            ("share change", "+7 pp"),
        ),
        (
            Registration(evidence=HERE, action="approved", first_of_kind=True, product="x" * 60),
            ("first of its kind", "approved", "x" * 39 + "…"),
        ),
    ],
)
def test_chip_leaves_out_what_its_neighbours_say(signal, parts):
    assert chip(signal) == parts


def test_every_type_of_signal_has_a_chip_that_says_something():
    shown: dict[str, Signal] = {signal_type(s): s for read in articles() for s in read.signals}

    assert set(shown) == set(SIGNAL_TYPES)
    assert [name for name, signal in shown.items() if not chip(signal)] == []


def test_note_lists_the_subject_and_the_circumstances_apart():
    read = articles()[0]
    signal = read.signals[1]

    assert words(read, signal).startswith("磁共振成像系统")
    assert [(detail.label, detail.value) for detail in details(signal)] == [
        ("Product", "磁共振成像系统（示例5T型）"),
        ("Number", "国械注准20263060931"),
    ]
    assert circumstances(signal) == ["2026-11-23", "China", "MRI"]


def test_exact_figure_stands_among_the_circumstances_of_a_shortened_one():
    signal = Export(evidence=HERE, metric="export_value", quantity=money("48810000000", "USD"))

    assert circumstances(signal) == ["USD 48,810,000,000"]


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [
        ("type", "market_size", "Market size"),
        ("device", "mri", "MRI"),
        ("region", "CN", "China"),
        ("region", "AE", "AE"),
        ("language", "zh-Hans", "简体中文"),
        ("language", "xx", "xx"),
        ("company", "GE HealthCare", "GE HealthCare"),
        ("source", "a-b", "a-b"),
    ],
)
def test_value_of_a_filter_is_named_as_a_reader_names_it(field, value, name):
    assert value_name(field, value) == name
