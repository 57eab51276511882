from decimal import Decimal

from making import approval, article, export

from tidings.records import Quantity, Span, content_id, signal_key, signal_subject, signal_type


def test_the_key_of_a_fact_does_not_depend_on_wording_place_or_confidence():
    a = export("5.4")
    b = export("5.40", confidence=0.5)
    moved = type(b)(
        **{**{f: getattr(b, f) for f in b.__struct_fields__}, "evidence": Span(field="title", start=1, end=2)}
    )

    assert signal_key("x", a) == signal_key("x", moved)


def test_another_figure_product_metric_or_article_is_another_fact():
    keys = {
        signal_key("x", export("5.4")),
        signal_key("x", export("5.8")),
        signal_key("y", export("5.4")),
        signal_key("x", export("5.4", metric="import_growth")),
        signal_key("x", approval("Tianji CT")),
        signal_key("x", approval("Tianji MR")),
    }

    assert len(keys) == 6


def test_counts_of_different_classes_are_different_facts():
    one = Quantity(value=Decimal(1), unit="products")

    keys = {signal_key("x", approval(None, quantity=one, device_class=class_)) for class_ in ("II", "III", None)}

    assert len(keys) == 3


def test_two_figures_for_one_subject_share_the_subject_but_not_the_key():
    before, after = export("5.4"), export("5.8")

    assert signal_subject("x", before) == signal_subject("x", after)
    assert signal_key("x", before) != signal_key("x", after)


def test_ids_come_from_content_and_keep_their_parts_apart():
    assert content_id("ab", "c") != content_id("a", "bc")
    assert article("a").id == article("a", title="other").id
    assert article("a").revision != article("a", title="other").revision


def test_a_signal_knows_its_type():
    assert [signal_type(export()), signal_type(approval())] == ["export", "registration"]
