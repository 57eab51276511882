"""market_size: sentences of our own, each with the signals that it must give; [] where nothing may be found.

docs/signals.md shows them, a test runs them.
"""

from typing import Any

EXAMPLES: list[tuple[str, list[dict[str, Any]]]] = [
    (
        "In 2022, the global patient monitor market was worth USD 4.9 billion, up 3.1% from a year earlier.",
        [
            {
                "metric": "size",
                "quantity": "4900000000 USD",
                "period": "2022",
                "segment": "patient monitor",
                "regions": ("GLOBAL",),
            },
            {
                "metric": "growth",
                "quantity": "3.1 percent",
                "period": "2022",
                "segment": "patient monitor",
                "regions": ("GLOBAL",),
            },
        ],
    ),
    (
        "China's dental implant market is expected to reach RMB 18 billion by 2031, a CAGR of 11.5% from 2026 to 2031.",
        [
            {
                "metric": "size",
                "quantity": "18000000000 CNY",
                "period": "2031",
                "segment": "dental implant",
                "forecast": True,
            },
            {
                "metric": "cagr",
                "quantity": "11.5 percent",
                "period": "2026/2031",
                "segment": "dental implant",
                "forecast": True,
            },
        ],
    ),
    (
        "2024年国内电子内镜市场规模约为62亿元，同比增长7.5%。",
        [
            {
                "metric": "size",
                "quantity": "6200000000 CNY",
                "period": "2024",
                "segment": "电子内镜",
                "approx": "about",
            },
            {"metric": "growth", "quantity": "7.5 percent", "period": "2024", "segment": "电子内镜"},
        ],
    ),
    (
        "The US market for spinal implants shrank 2.3% in 2025 to $8.9 billion.",
        [
            {
                "metric": "growth",
                "quantity": "-2.3 percent",
                "period": "2025",
                "segment": "spinal implants",
                "regions": ("US",),
            },
            {
                "metric": "size",
                "quantity": "8900000000 USD",
                "period": "2025",
                "segment": "spinal implants",
                "regions": ("US",),
            },
        ],
    ),
    (
        "The dialysis equipment sector was worth $19 billion in 2025.",
        [{"metric": "size", "quantity": "19000000000 USD", "period": "2025", "segment": "dialysis equipment"}],
    ),
    (
        "China's home medical equipment industry had revenues of 230 billion yuan in 2025.",
        [
            {
                "metric": "size",
                "quantity": "230000000000 CNY",
                "period": "2025",
                "segment": "home medical equipment",
                "regions": ("CN",),
            }
        ],
    ),
    (
        "Annual growth of 11% is expected for the wound dressing market until 2029.",
        [{"metric": "cagr", "quantity": "11 percent", "segment": "wound dressing", "forecast": True}],
    ),
    (
        "The capsule endoscopy market is forecast to grow at a CAGR of 8.2% between 2025 and 2032.",
        [
            {
                "metric": "cagr",
                "quantity": "8.2 percent",
                "period": "2025/2032",
                "segment": "capsule endoscopy",
                "forecast": True,
            }
        ],
    ),
    (
        "我国康复器械行业规模由2020年的280亿元增至2025年的520亿元，年均复合增长率13.2%。",
        [
            {
                "metric": "size",
                "quantity": "28000000000 CNY",
                "period": "2020",
                "segment": "康复器械",
                "regions": ("CN",),
            },
            {
                "metric": "size",
                "quantity": "52000000000 CNY",
                "period": "2025",
                "segment": "康复器械",
                "regions": ("CN",),
            },
            {
                "metric": "cagr",
                "quantity": "13.2 percent",
                "period": "2020/2025",
                "segment": "康复器械",
                "regions": ("CN",),
            },
        ],
    ),
    (
        "据测算，2025年中国血糖监测市场规模将突破120亿元。",
        [
            {
                "metric": "size",
                "quantity": "12000000000 CNY",
                "period": "2025",
                "segment": "血糖监测",
                "regions": ("CN",),
                "forecast": True,
                "approx": "over",
            }
        ],
    ),
    (
        "人工晶状体市场2025年规模达45亿元，2021年至2025年的复合增长率为9.8%。",
        [
            {
                "metric": "size",
                "quantity": "4500000000 CNY",
                "period": "2025",
                "segment": "人工晶状体",
                "regions": ("CN",),
            },
            {
                "metric": "cagr",
                "quantity": "9.8 percent",
                "period": "2021/2025",
                "segment": "人工晶状体",
                "regions": ("CN",),
            },
        ],
    ),
    ("The firm holds 31% of the market for infusion pumps.", []),
    ("公司在该市场投资3亿元，市场份额为12%。", []),
    ("Prices in the infusion pump market fell by 30% in 2025.", []),
    ("Shares on the Shanghai market rose 3% in 2025.", []),
    ("The firm invested $50 million to enter the hearing aid market.", []),
    ("2025年集采后市场均价为800元。", []),
    ("基金募资10亿元投向医疗器械行业。", []),
]
