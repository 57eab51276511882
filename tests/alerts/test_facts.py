from decimal import Decimal

import pytest

from alerts.facts import act, headline
from tidings.records import (
    Deal,
    Export,
    MarketShare,
    MarketSize,
    Policy,
    Quantity,
    Registration,
    Results,
    Safety,
    Span,
    TradeMeasure,
)

EVIDENCE = Span(field="body", start=0, end=1)


def q(value, unit, *, upper=None, approx=None):
    return Quantity(value=Decimal(value), upper=Decimal(upper) if upper else None, unit=unit, approx=approx)


HEADLINES = [
    (
        Registration(
            evidence=EVIDENCE,
            companies=("Mindray",),
            authority="NMPA",
            action="approved",
            registration_no="国械注准20253061234",
            device_class="III",
        ),
        "NMPA approved · Mindray · 国械注准20253061234 · Class III",
        "registration approved by NMPA",
    ),
    (
        Registration(evidence=EVIDENCE, authority="NMPA", action="approved", quantity=q(63, "products"), period="2023"),
        "NMPA approved 63 products · 2023",
        "registration approved by NMPA",
    ),
    (Registration(evidence=EVIDENCE, action="revoked"), "Registration revoked", "registration revoked"),
    (
        Export(
            evidence=EVIDENCE, metric="export_growth", regions=("CN",), quantity=q("5.40", "percent"), period="2023"
        ),
        "Exports +5.4% · China · 2023",
        "export growth",
    ),
    (
        Export(
            evidence=EVIDENCE, metric="countries", companies=("Mindray",), quantity=q(190, "countries", approx="over")
        ),
        "Presence in over 190 countries · Mindray",
        "export countries",
    ),
    (
        Export(evidence=EVIDENCE, metric="overseas_revenue_share", quantity=q(28, "percent")),
        "Overseas revenue share 28%",
        "export overseas revenue share",
    ),
    (
        MarketSize(
            evidence=EVIDENCE,
            metric="size",
            segment="high-end medical equipment",
            quantity=q("345400000000", "USD"),
            period="2023",
        ),
        "Market USD 345.4 bn · high-end medical equipment · 2023",
        "market size",
    ),
    (
        MarketSize(evidence=EVIDENCE, metric="cagr", quantity=q("7.5", "percent"), period="2025/2030", forecast=True),
        "Market CAGR +7.5% · 2025/2030 · forecast",
        "market size cagr",
    ),
    (
        MarketShare(evidence=EVIDENCE, metric="rank", subject="Mindray", companies=("Mindray",), quantity=q(1, "rank")),
        "Market share no. 1 · Mindray",
        "market share rank",
    ),
    (
        Policy(evidence=EVIDENCE, issuer="State Council", stage="issued", title="Equipment renewal plan"),
        "Policy issued by State Council · Equipment renewal plan",
        "policy issued by State Council",
    ),
    (
        Results(evidence=EVIDENCE, metric="revenue_growth", companies=("Mindray",), quantity=q("-3", "percent")),
        "Results revenue growth −3% · Mindray",
        "results revenue growth",
    ),
    (
        Deal(evidence=EVIDENCE, kind="acquisition", stage="completed", buyer="A", target="B"),
        "Deal acquisition completed · A · B",
        "deal acquisition completed",
    ),
    (
        Deal(evidence=EVIDENCE, kind="ipo", companies=("United Imaging",)),
        "Deal IPO announced · United Imaging",
        "deal IPO announced",
    ),
    (
        MarketShare(evidence=EVIDENCE, metric="share_change", subject="domestic", quantity=q(7, "percentage_points")),
        "Market share change +7 pp · domestic",
        "market share change",
    ),
    (
        Safety(evidence=EVIDENCE, action="recall", authority="FDA", product="Pump"),
        "Safety recall by FDA · Pump",
        "safety recall by FDA",
    ),
    (
        TradeMeasure(evidence=EVIDENCE, imposer="USTR", action="imposed", quantity=q(50, "percent")),
        "Trade measure imposed by USTR 50%",
        "trade measure imposed by USTR",
    ),
]


@pytest.mark.parametrize(("signal", "line", "part"), HEADLINES)
def test_a_signal_s_headline_carries_the_fact_and_its_act_fits_a_sentence(signal, line, part):
    assert (headline(signal), act(signal)) == (line, part)
