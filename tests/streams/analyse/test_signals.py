"""Every signal module's own examples, and the page that shows them."""

from pathlib import Path
from typing import Any

import pytest

from streams.analyse.frames import Document
from streams.analyse.mentions import finder
from streams.analyse.signals import EXAMPLES, FINDERS
from streams.analyse.units import AFTER, BEFORE, COUNTED_BEFORE_ZH, COUNTED_EN, COUNTED_ZH, RATIO
from tidings.lexicon import load
from tidings.records import SIGNAL_TYPES, Signal, signal_key

PAGE = Path(__file__).parents[3] / "docs" / "signals.md"
LEXICON = load()
NAMES = finder(LEXICON)
CASES = [(kind, text, wanted) for kind, examples in EXAMPLES.items() for text, wanted in examples]


def document(text: str, title: str = "") -> Document:
    language = "zh-Hans" if sum("\u4e00" <= c <= "\u9fff" for c in text) > len(text) / 4 else "en"
    return Document(title=title, body=text, language=language, published=None, lexicon=LEXICON, find_names=NAMES)


def told(signal: Signal, names: list[str]) -> dict[str, Any]:
    """What a signal says of the attributes that an example names."""
    quantity = signal.quantity
    values = {
        "quantity": quantity and f"{quantity.value} {quantity.unit}",
        "approx": quantity and quantity.approx,
    }
    return {name: values[name] if name in values else getattr(signal, name) for name in names}


@pytest.mark.parametrize(("kind", "text", "wanted"), CASES, ids=[f"{kind}: {text[:40]}" for kind, text, _ in CASES])
def test_an_example_gives_its_signals_and_no_other(kind: str, text: str, wanted: list[dict[str, Any]]) -> None:
    found = list(FINDERS[kind](document(text)))

    assert [told(s, list(w)) for s, w in zip(found, wanted, strict=False)] == wanted
    assert len(found) == len(wanted)


@pytest.mark.parametrize("kind", FINDERS)
def test_a_type_has_examples_of_both_languages_and_of_what_must_not_be_found(kind: str) -> None:
    texts = [text for text, _ in EXAMPLES[kind]]

    assert kind in SIGNAL_TYPES
    assert any(text.isascii() for text in texts) and any(not text.isascii() for text in texts)
    assert any(not wanted for _, wanted in EXAMPLES[kind])


@pytest.mark.parametrize("kind", FINDERS)
def test_the_page_shows_every_example_with_its_signals(kind: str) -> None:
    page = PAGE.read_text("utf-8")

    missing = [line for text, wanted in EXAMPLES[kind] for line in shown(text, wanted) if line not in page]

    assert missing == []


def test_the_page_names_every_unit_that_a_quantity_can_have() -> None:
    units = {*BEFORE.values(), *AFTER.values(), *RATIO.values(), *COUNTED_EN.values()}
    units |= {unit for _, unit in COUNTED_ZH} | {unit for *_, unit in COUNTED_BEFORE_ZH}
    page = PAGE.read_text("utf-8")

    assert [unit for unit in sorted(units - {"basis_points"}) if f"`{unit}`" not in page] == []


def shown(text: str, wanted: list[dict[str, Any]]) -> list[str]:
    """An example as the page has it: a quotation, then one line a signal."""
    lines = [f"> {text}"]
    for signal in wanted:
        parts = [
            f"{name} {', '.join(value) if isinstance(value, tuple) else str(value).lower() if value is True else value}"
            for name, value in signal.items()
        ]
        lines.append(f"- {' · '.join(parts)}")
    return lines if wanted else [*lines, "- nothing"]


REGISTERED = """本局批准注册下列产品。
序号\t产品名称\t注册人名称\t注册证编号
1\t心电监护仪\t苏州岚屿医疗科技有限公司\t苏械注准20242070311
2\t导丝\tMedtronic, Inc.\t苏械注准 2024 2070 312
序号\t产品名称\t注册人名称\t注册证编号
3\t呼吸管路\t南京澄岸器械有限公司\t"""


def test_a_row_of_an_approval_table_is_one_signal_with_the_whole_row_as_evidence() -> None:
    found = list(FINDERS["registration"](document(REGISTERED, "江苏省药监局关于批准注册2个产品的公告（2024年5月）")))

    assert [
        (s.product, s.companies, s.registration_no, s.device_class, s.authority, s.action, s.period) for s in found
    ] == [
        (
            "心电监护仪",
            ("苏州岚屿医疗科技有限公司",),
            "苏械注准20242070311",
            "II",
            "Jiangsu MPA",
            "approved",
            "2024-05",
        ),
        ("导丝", ("Medtronic",), "苏械注准20242070312", "II", "Jiangsu MPA", "approved", "2024-05"),
    ]
    assert REGISTERED[found[0].evidence.start : found[0].evidence.end] == REGISTERED.split("\n")[2]


@pytest.mark.parametrize(
    ("title", "header"),
    [
        ("关于公布中选结果的公告", "序号\t产品名称\t中选企业\t注册证编号\t中选价格（元）"),
        ("医疗器械召回信息", "序号\t产品名称\t生产企业\t注册证编号\t召回级别"),
        ("2025年药品批准证明文件送达信息", "序号\t药品名称\t上市许可持有人\t药品批准文号\t剂型"),
    ],
)
def test_a_table_that_only_quotes_registration_numbers_is_no_table_of_approvals(title: str, header: str) -> None:
    text = f"{header}\n1\t导管\t苏州岚屿医疗科技有限公司\t国械注准20243030111\t12.00"

    assert list(FINDERS["registration"](document(text, title))) == []


def test_a_refusal_and_a_renewal_in_a_table_are_told_apart_by_their_rows() -> None:
    text = (
        "序号\t受理号\t产品名称\t企业名称\t注册证编号/结论\t送达日期\n"
        "1\tCQY2400001\t超声刀头\t南京澄岸器械有限公司\t国械注准20193010222\t2024-07-02\n"
        "2\tCQZ2400002\t电子鼻胆镜\t南京澄岸器械有限公司\t不予注册\t2024-07-02"
    )

    found = list(FINDERS["registration"](document(text, "医疗器械批准证明文件送达信息")))

    assert [(s.product, s.action, s.registration_no, s.period) for s in found] == [
        ("超声刀头", "renewed", "国械注准20193010222", "2024-07-02"),
        ("电子鼻胆镜", "refused", None, "2024-07-02"),
    ]


def test_numbered_items_of_a_public_notice_are_designations() -> None:
    text = "1.产品名称：经导管缘对缘修复系统\n申请人：宁波汐岚医疗有限公司\n公示时间：2024年1月2日"

    found = list(FINDERS["registration"](document(text, "创新医疗器械特别审查申请审查结果公示（2024年第1号）")))

    assert [(s.product, s.companies, s.action, s.pathway, s.authority) for s in found] == [
        ("经导管缘对缘修复系统", ("宁波汐岚医疗有限公司",), "designated", "innovative", "NMPA")
    ]


def test_a_customs_row_gives_month_total_and_growth() -> None:
    text = (
        "单位：百万美元\n商品名称\t计量单位\t3月数量\t3月金额\t1至3月累计数量\t1至3月累计金额\t累计比去年同期±%金额\n"
        "医疗仪器及器械\t-\t-\t1,650.2\t-\t4,780\t-2.4\n玩具\t-\t-\t2,000\t-\t6,000\t1.0"
    )

    found = list(FINDERS["export"](document(text, "（4）2025年3月全国出口重点商品量值表（美元值）")))

    assert [(s.metric, f"{s.quantity.value} {s.quantity.unit}", s.period) for s in found] == [
        ("export_value", "1650200000 USD", "2025-03"),
        ("export_value", "4780000000 USD", "2025-01/2025-03"),
        ("export_growth", "-2.4 percent", "2025-01/2025-03"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Mindray plans to seek FDA clearance for the monitor next year.",
        "If approved by the FDA, the stent would be the first of its kind.",
        "Every device must obtain NMPA registration before it can be imported.",
        "Philips recalled ventilators approved by the FDA in 2015.",
        "Lepu has not received approval for the valve.",
        "公司产品目前处于注册申请阶段，预计明年获批。",
        "若取得注册证，公司将开展生产。",
        "进入特别审查程序不代表产品已获准注册。",
    ],
)
def test_plans_conditions_rules_and_denials_are_no_registrations(text: str) -> None:
    assert [s for s in FINDERS["registration"](document(text)) if s.confidence >= 0.8] == []


def test_products_named_under_one_act_are_one_signal_each_and_kinds_of_product_are_one() -> None:
    named = "国家药监局批准了乐普医疗的“输送导管甲型”和“药物球囊乙型”注册申请。"
    kinds = "迈瑞医疗的呼吸机、监护仪和麻醉机均已获得FDA认证。"

    assert [s.product for s in FINDERS["registration"](document(named))] == ["输送导管甲型", "药物球囊乙型"]
    assert [s.product for s in FINDERS["registration"](document(kinds))] == ["呼吸机、监护仪和麻醉机"]


def test_a_list_that_names_each_product_with_its_firm_keeps_them_together() -> None:
    text = (
        "以下产品进入创新医疗器械特别审查程序："
        "苏州岚屿医疗有限公司申报的“取栓系统”，南京澄岸器械有限公司申报的“瓣膜系统”。"
    )

    found = list(FINDERS["registration"](document(text)))

    assert [(s.companies, s.product, s.action, text[s.evidence.start : s.evidence.end]) for s in found] == [
        (("苏州岚屿医疗有限公司",), "取栓系统", "designated", "苏州岚屿医疗有限公司申报的“取栓系统”"),
        (("南京澄岸器械有限公司",), "瓣膜系统", "designated", "南京澄岸器械有限公司申报的“瓣膜系统”"),
    ]


def test_the_same_product_is_carried_into_what_other_regulators_did() -> None:
    text = (
        "科曼医疗的转运呼吸机，近日获得国家药监局批准。\n"
        "该产品的获批情况为：欧洲市场，取得CE认证；日本市场，通过日本PMDA认证。"
    )

    found = list(FINDERS["registration"](document(text)))

    assert [(s.authority, s.product, s.companies) for s in found] == [
        ("NMPA", "转运呼吸机", ("Comen",)),
        ("CE", "转运呼吸机", ("Comen",)),
        ("PMDA", "转运呼吸机", ("Comen",)),
    ]


def test_what_is_counted_is_no_firms_own_approval() -> None:
    text = "迈瑞医疗表示，已有5家企业的检测产品获得国家药监局应急审批。"

    assert [s for s in FINDERS["registration"](document(text)) if s.confidence >= 0.8 and not s.quantity] == []


def test_an_emergency_approval_is_not_taken_for_an_obligation() -> None:
    (found,) = FINDERS["registration"](document("科曼医疗的急救呼吸机通过国家药监局应急审批。"))

    assert (found.product, found.pathway, found.authority) == ("急救呼吸机", "emergency", "NMPA")


def test_a_share_of_all_revenue_belongs_to_the_sales_abroad_before_it() -> None:
    found = list(FINDERS["export"](document("Mindray's overseas sales made up 45% of total revenue in 2023.")))

    assert [(s.metric, str(s.quantity.value), s.companies) for s in found] == [
        ("overseas_revenue_share", "45", ("Mindray",))
    ]


def test_one_approval_told_twice_is_one_signal() -> None:
    text = (
        "On 4 May 2023 the FDA cleared Mindray's Vetus E7 ultrasound system. "
        "Mindray received FDA clearance after nine months."
    )

    found = list(FINDERS["registration"](document(text)))

    assert [(s.product, s.period) for s in found] == [("Vetus E7 ultrasound system", "2023-05-04")]


def test_a_breakdown_is_as_sure_as_its_total_and_each_class_is_a_fact_of_its_own() -> None:
    text = (
        "2025年6月，国家药监局共批准注册医疗器械产品9个。"
        "其中，境内第三类医疗器械产品5个，进口第三类医疗器械产品2个，进口第二类医疗器械产品2个。"
    )

    found = list(FINDERS["registration"](document(text)))

    assert [(str(s.quantity.value), s.device_class, s.confidence) for s in found] == [
        ("9", None, 0.85),
        ("5", "III", 0.85),
        ("2", "III", 0.85),
        ("2", "II", 0.85),
    ]
    assert len({signal_key("x", s) for s in found}) == 4


def test_a_part_that_is_larger_than_its_total_is_not_sure() -> None:
    text = "2025年6月，国家药监局共批准注册医疗器械产品9个。其中，境内第三类医疗器械产品50个。"

    assert [s.confidence >= 0.8 for s in FINDERS["registration"](document(text))] == [True, False]


def test_particulars_of_a_certificate_in_the_next_sentences_belong_to_the_act() -> None:
    act = "国家药监局批准了湖畔医疗的电子胃镜上市。"
    text = f"{act}该产品适用于成人。注册证编号为国械注准20263060321，有效期至2031年7月1日。"

    (found,) = FINDERS["registration"](document(text))

    assert (found.product, found.registration_no, found.device_class, found.valid_until) == (
        "电子胃镜",
        "国械注准20263060321",
        "III",
        "2031-07-01",
    )


def test_particulars_far_below_or_of_several_certificates_are_left_out() -> None:
    far = "The FDA cleared Loopwell, a suture from Ferrant Surgical. A. Few. Words. The clearance number is K269876."
    several = "The FDA cleared Loopwell, a suture from Ferrant Surgical. Numbers of clearance are K269876 and K269877."

    assert [s.registration_no for text in (far, several) for s in FINDERS["registration"](document(text))] == [
        None,
        None,
    ]


def test_the_agency_is_the_regulator_named_last() -> None:
    text = "The FDA met in May. The agency awarded breakthrough device designation to Penumbra's Halcyon catheter."

    assert [(s.authority, s.product, s.action) for s in FINDERS["registration"](document(text))] == [
        ("FDA", "Halcyon catheter", "designated")
    ]


def test_evidence_begins_with_what_is_said_and_not_with_what_ties_it_to_the_clause_before() -> None:
    text = "In 2025 exports of ventilators from China rose 9%, while exports of gloves from China fell 3%."

    found = list(FINDERS["export"](document(text)))

    assert [text[s.evidence.start : s.evidence.end] for s in found] == [
        "In 2025 exports of ventilators from China rose 9%",
        "exports of gloves from China fell 3%",
    ]


def test_the_name_of_a_market_may_stand_before_or_behind_the_word() -> None:
    texts = ("The market for hearing aids fell 2% in 2025.", "The hearing aids market fell 2% in 2025.")

    assert [s.segment for text in texts for s in FINDERS["market_size"](document(text))] == ["hearing aids"] * 2
