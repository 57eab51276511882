"""Which language a text is in."""

import pytest

from streams.analyse.language import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("国家药监局批准三个医疗器械产品注册", "zh-Hans"),
        ("衛生主管機關核准三項醫療器材", "zh-Hant"),
        ("CT球管国产化", "zh-Hans"),
        ("医用磁共振设备 MRI uCT 780 与 GE Revolution Apex 对比", "zh-Hans"),
        ("厚生労働省は新しい医療機器を承認しました", "ja"),
        ("식품의약품안전처는 의료기기를 허가했다", "ko"),
        ("Росздравнадзор зарегистрировал новое изделие", "ru"),
        ("The regulator cleared a device made by 迈瑞 for use in hospitals across the country", "en"),
        ("Das Unternehmen ruft das Gerät wegen eines Fehlers in der Steuerung zurück", "de"),
        ("L'entreprise rappelle l'appareil en raison d'un défaut de commande", "fr"),
        ("A empresa anunciou o recolhimento do aparelho por falha no comando", "pt"),
        ("12.74%", "und"),
        ("", "und"),
    ],
)
def test_the_language_is_told(text: str, expected: str) -> None:
    assert language(text, None) == expected


def test_the_source_decides_on_a_short_latin_text() -> None:
    assert language("Recall: pumps", "en") == "en"
    assert language("MRT-Rückruf", "de") == "de"
    assert language("12.74%", "pt") == "pt"


def test_the_source_does_not_decide_against_the_script() -> None:
    assert language("医疗器械", "en") == "zh-Hans"
    assert language("醫療器材", "zh-Hans") == "zh-Hant"
    assert language("承認取得", "ja") == "ja"


def test_the_source_does_not_decide_on_a_long_text() -> None:
    assert language("Das Unternehmen ruft das Gerät wegen eines Fehlers in der Steuerung zurück", "en") == "de"
