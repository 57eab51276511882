from decimal import Decimal

import pytest
from making import approval, export

from alerts.conditions import AnyOf, Is, Says, Sure, Within, fault, says
from tidings.records import Quantity

REGISTRATION = AnyOf(attribute="type", values=("registration",))

FAULTS = [
    (AnyOf(attribute="action", values=("approved", "renewed")), None),
    (AnyOf(attribute="action", values=("refused", "renewed")), "action is approved, rule wants refused or renewed"),
    (AnyOf(attribute="companies", values=("Mindray",)), None),
    (
        AnyOf(attribute="companies", values=("Medtronic",)),
        "companies are Mindray and GE HealthCare, rule wants Medtronic",
    ),
    (AnyOf(attribute="devices", values=("mri",)), "devices are not stated, rule wants mri"),
    (AnyOf(attribute="device_class", values=("III",)), "device class is not stated, rule wants III"),
    (Says(attribute="product", phrases=("mri", "ct scanners")), None),
    (Says(attribute="product", phrases=("Tian",)), 'product is Tianji CT scanner, rule wants "Tian"'),
    (Says(attribute="pathway", phrases=("x",)), 'pathway is not stated, rule wants "x"'),
    (Is(attribute="first_of_kind", value=False), None),
    (Is(attribute="first_of_kind", value=True), "first of kind is false, rule wants true"),
    (Within(unit="products"), None),
    (Within(unit="products", min=Decimal(63), max=Decimal(70)), None),
    (Within(min=Decimal(64)), "figure is 63–70 products, rule wants at least 64"),
    (Within(unit="products", max=Decimal(69)), "figure is 63–70 products, rule wants at most 69 products"),
    (
        Within(unit="percent", min=Decimal(1), max=Decimal("2.5")),
        "figure is 63–70 products, rule wants at least 1 and at most 2.5 percent",
    ),
    (Sure(min=0.8), None),
    (Sure(min=0.81), "confidence is 0.8, rule wants 0.81 or more"),
]


@pytest.mark.parametrize(("condition", "words"), FAULTS)
def test_a_signal_meets_a_condition_or_says_what_is_wanting(condition, words):
    signal = approval(
        "Tianji CT scanner",
        companies=("Mindray", "GE HealthCare"),
        quantity=Quantity(value=Decimal(63), upper=Decimal(70), unit="products"),
        confidence=0.8,
    )

    assert fault([REGISTRATION, condition], signal) == (words and (1, words))


def test_the_first_failing_condition_is_the_one_that_is_told():
    conditions = [REGISTRATION, AnyOf(attribute="action", values=("renewed",)), Sure(min=1.0)]

    assert (fault(conditions, export()), fault(conditions, approval(confidence=0.5))) == (
        (0, "type is export, rule wants registration"),
        (1, "action is approved, rule wants renewed"),
    )


def test_a_figure_that_is_not_stated_is_in_no_limits():
    assert fault([Within(unit="percent", min=Decimal(5))], approval()) == (
        0,
        "figure is not stated, rule wants at least 5 percent",
    )


@pytest.mark.parametrize(
    ("text", "phrase", "held"),
    [
        ("high-end medical equipment", "Medical equipment", True),
        ("surgical robots", "robot", True),
        ("彩色超聲診斷系統", "超声诊断", True),
        ("X50 pump", "X5", False),
        ("pumpkins", "pump", False),
        ("pump", "infusion pump", False),
        ("", "pump", False),
    ],
)
def test_phrases_are_compared_as_search_compares_bare_words(text, phrase, held):
    assert says(text, phrase) is held
