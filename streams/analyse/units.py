"""The words for units: multipliers, currencies, ratios, and what is counted. docs/signals.md lists the units they
stand for."""

import re


def _words(table: dict[str, str]) -> dict[str, str]:
    """{unit: "word, word"} -> {word: unit}."""
    return {word: unit for unit, words in table.items() for word in words.split(", ")}


#: What a multiplier multiplies by; none is 1. Chinese multipliers bind tighter than the unit.
TIMES: dict[str, int] = {"": 1} | {
    word: int(10**power)
    for power, words in {
        3: "thousand k K 千",
        4: "万",
        5: "lakh 十万",
        6: "million mn m M 百万",
        7: "crore 千万",
        8: "亿",
        9: "billion bn b B 十亿",
        10: "百亿",
        11: "千亿",
        12: "trillion tn 万亿",
    }.items()
    for word in words.split()
}

#: Currencies that stand before a figure.
BEFORE = _words(
    {
        "CNY": "RMB, CNY, 人民币, ¥, ¥",
        "USD": "US$, USD, $",
        "HKD": "HK$, HKD, 港币",
        "TWD": "NT$, NTD, 新台币",
        "AUD": "A$, AUD",
        "CAD": "C$, CAD",
        "SGD": "S$, SGD",
        "EUR": "€, EUR",
        "GBP": "£, GBP",
        "JPY": "JPY",
        "CHF": "CHF",
        "KRW": "KRW, ₩",
        "INR": "INR, ₹",
        "SEK": "SEK",
        "DKK": "DKK",
        "BRL": "BRL, R$",
    }
)

#: Currencies that stand after it.
AFTER = _words(
    {
        "CNY": "yuan, renminbi, RMB, CNY, 元人民币, 元, 人民币",
        "USD": "U.S. dollars, US dollars, dollars, dollar, USD, 美元, 美金",
        "HKD": "Hong Kong dollars, HKD, 港元, 港币",
        "TWD": "新台币",
        "EUR": "euros, euro, EUR, 欧元",
        "GBP": "pounds, 英镑",
        "JPY": "yen, 日元",
        "KRW": "won, 韩元",
        "INR": "rupees, 卢比",
        "AUD": "澳元",
        "CAD": "加元",
        "SGD": "新加坡元, 新元",
        "CHF": "瑞士法郎, 法郎",
    }
)

RATIO = _words(
    {
        "percent": "%, per cent, percent, pct",
        "percentage_points": "percentage points, percentage point, pp, ppt, 个百分点, 百分点",
        "basis_points": "basis points, bps",
    }
)

#: What English counts: the noun, a few words after the number.
COUNTED_EN = _words(
    {
        "countries": "countries and regions, countries, nations",
        "hospitals": "hospitals, medical institutions",
        "products": "products, devices, registrations, approvals, certificates, clearances",
        "companies": "companies, firms, manufacturers, enterprises, suppliers, makers, distributors",
        "applications": "applications",
        "units": (
            "units, sets, pieces, ventilators, scanners, masks, machines, kits, robots, systems, monitors, pumps"
            ", analysers, analyzers, endoscopes, instruments, syringes, gloves, stents, implants"
            ", pacemakers, wheelchairs, beds"
        ),
        "cases": "cases, procedures, surgeries, operations",
        "patients": "patients",
        "provinces": "provinces",
        "batches": "batches, lots",
        "standards": "standards",
        "projects": "projects",
        "items": "items",
        "sites": "sites, plants, factories",
        "categories": "categories",
        "customers": "customers",
        "orders": "orders",
        "days": "days",
        "people": "people, employees",
    }
)

#: What Chinese counts: counting word and noun after the number; the first that fits decides.
COUNTED_ZH = [
    (re.compile(pattern), unit)
    for pattern, unit in (
        (r"个?(?:国家|国)(?:和地区|及地区|\(地区\)|与地区)?", "countries"),
        (r"个?(?:省|省份|省区市|省市)(?![药])", "provinces"),
        (r"(?:家|所)[^\d，。;]{0,6}(?:医院|医疗机构|卫生院)", "hospitals"),
        (r"家", "companies"),
        (r"(?:项|件|个|份)[^\d，。;、]{0,10}申请", "applications"),
        (r"(?:项|个)[^\d，。;、]{0,8}标准", "standards"),
        (r"(?:张|份)[^\d，。;、]{0,8}(?:注册证|证书|三类证)", "products"),
        (r"(?:个|款|项|种)[^\d，。;、]{0,14}(?:产品|器械|品种|注册证|批件|软件|应用|试剂|设备)", "products"),
        (r"款", "products"),
        (r"(?:个|项)[^\d，。;、]{0,6}项目", "projects"),
        (r"例", "cases"),
        (r"台次|台手术", "cases"),
        (r"台套|台|套|只|支|件|双|把|片|人份|枚|盒|辆", "units"),
        (r"批次|批", "batches"),
        (r"(?:个|座)[^\d，。;、]{0,6}(?:工厂|基地|厂)", "sites"),
        (r"(?:家|位|个|名)[^\d，。;、]{0,4}客户", "customers"),
        (r"名|位|人(?!民|份|次)", "people"),
        (r"个?(?:大类|品类|类别)", "categories"),
        (r"天|个?工作日", "days"),
        (r"(?:个|项|件|张)(?=[，。;、)获取通为]|$)", "items"),
    )
]

#: What Chinese counts with the noun before the number: (noun, counting word, unit): 医疗器械产品80个, 注册申请630项.
COUNTED_BEFORE_ZH = [
    (re.compile(r"客户(?:总数|总量|数量|数)?(?:达到?|为|共|超过?|逾|约)?$"), re.compile(r"家|个|名|位"), "customers"),
    (
        re.compile(r"申请(?:合计|共|共计|总计)?(?:约|近|逾|超)?$"),
        re.compile(r"项|件|个|份"),
        "applications",
    ),
    (
        re.compile(
            r"(?:产品|器械|注册|注册证|试剂|品种|软件|证书)(?:合计|共|共计|总计|分别为|数量|数)?(?:达到?|为)?(?:约"
            r"|近|逾|超)?$"
        ),
        re.compile(r"个|项|款|张|件|种"),
        "products",
    ),
]
