"""export: sentences of our own, each with the signals that it must give; [] where nothing may be found.

docs/signals.md shows them, a test runs them.
"""

from typing import Any

EXAMPLES: list[tuple[str, list[dict[str, Any]]]] = [
    (
        "In 2021, China exported medical consumables worth $8.4 billion, down 6.5% from the year before.",
        [
            {"metric": "export_value", "quantity": "8400000000 USD", "period": "2021", "regions": ("CN",)},
            {"metric": "export_growth", "quantity": "-6.5 percent", "period": "2021", "regions": ("CN",)},
        ],
    ),
    (
        "Edan's monitors are now sold in more than 150 countries.",
        [{"metric": "countries", "quantity": "150 countries", "companies": ("Edan Instruments",), "approx": "over"}],
    ),
    (
        "2023年，开立医疗实现海外收入9.2亿元，同比增长18.4%，占营业收入的45%，超声产品已进入全球逾130个国家和地区。",
        [
            {"metric": "overseas_revenue", "quantity": "920000000 CNY", "period": "2023", "companies": ("SonoScape",)},
            {
                "metric": "overseas_revenue_growth",
                "quantity": "18.4 percent",
                "period": "2023",
                "companies": ("SonoScape",),
            },
            {
                "metric": "overseas_revenue_share",
                "quantity": "45 percent",
                "period": "2023",
                "companies": ("SonoScape",),
            },
            {"metric": "countries", "quantity": "130 countries", "companies": ("SonoScape",), "approx": "over"},
        ],
    ),
    (
        "Foreign sales accounted for 38% of SonoScape's revenue in 2025.",
        [{"metric": "overseas_revenue_share", "quantity": "38 percent", "period": "2025", "companies": ("SonoScape",)}],
    ),
    (
        "Sales outside China at Mindray rose 12.6% to RMB 9.1 billion in the first half of 2026.",
        [
            {
                "metric": "overseas_revenue_growth",
                "quantity": "12.6 percent",
                "period": "2026-H1",
                "companies": ("Mindray",),
            },
            {
                "metric": "overseas_revenue",
                "quantity": "9100000000 CNY",
                "period": "2026-H1",
                "companies": ("Mindray",),
            },
        ],
    ),
    (
        "Yuwell's overseas business grew 21% in the third quarter of 2026.",
        [
            {
                "metric": "overseas_revenue_growth",
                "quantity": "21 percent",
                "period": "2026-Q3",
                "companies": ("Yuwell",),
            }
        ],
    ),
    (
        "Germany exported medical technology worth 32 billion euros in 2025, 3.5% more than in 2024.",
        [
            {"metric": "export_value", "quantity": "32000000000 EUR", "period": "2025", "regions": ("DE",)},
            {"metric": "export_growth", "quantity": "3.5 percent", "period": "2025", "regions": ("DE",)},
        ],
    ),
    (
        "Two-way trade in medical devices between China and Germany amounted to $12.4 billion in 2025.",
        [{"metric": "trade_value", "quantity": "12400000000 USD", "period": "2025", "regions": ("CN", "DE")}],
    ),
    (
        "Kestrel Ridge Surgical's staplers are in use in 35 countries.",
        [
            {
                "metric": "countries",
                "quantity": "35 countries",
                "regions": ("GLOBAL",),
                "companies": ("Kestrel Ridge Surgical",),
            }
        ],
    ),
    (
        "2025年我国进口彩超设备3.1亿美元，同比减少8%。",
        [
            {"metric": "import_value", "quantity": "310000000 USD", "period": "2025", "regions": ("CN",)},
            {"metric": "import_growth", "quantity": "-8 percent", "period": "2025", "regions": ("CN",)},
        ],
    ),
    (
        "2025年，湖畔医疗外销收入2.2亿元，同比增长31%。",
        [
            {"metric": "overseas_revenue", "quantity": "220000000 CNY", "period": "2025", "companies": ("湖畔医疗",)},
            {
                "metric": "overseas_revenue_growth",
                "quantity": "31 percent",
                "period": "2025",
                "companies": ("湖畔医疗",),
            },
        ],
    ),
    (
        "2025年，迈瑞医疗国际业务收入同比增长15.2%，占公司总营收的比例提升至49%。",
        [
            {
                "metric": "overseas_revenue_growth",
                "quantity": "15.2 percent",
                "period": "2025",
                "companies": ("Mindray",),
            },
            {"metric": "overseas_revenue_share", "quantity": "49 percent", "period": "2025", "companies": ("Mindray",)},
        ],
    ),
    (
        "2025年，我國醫療器材出口值新台幣980億元，年增6.2%。",
        [
            {"metric": "export_value", "quantity": "98000000000 TWD", "period": "2025"},
            {"metric": "export_growth", "quantity": "6.2 percent", "period": "2025"},
        ],
    ),
    ("The tender drew delegates from 40 countries, and the profit was 3 million yuan.", []),
    ("进口第三类医疗器械产品22个。", []),
    ("The trial enrolled patients in 12 countries.", []),
    ("The recall of the pump covers 14 countries.", []),
    ("Mindray's domestic revenue rose 4% to RMB 12 billion in 2025.", []),
    ("进口设备单价为1200万元。", []),
    ("该疗法已在8个国家开展临床试验。", []),
]
