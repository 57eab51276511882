"""What language a text is in: the script decides where it can, statistics only between languages of one script."""

import functools
import re
from typing import Any

from tidings.records import Language

#: Enough to tell, and bounded.
CHARACTERS_MAX = 2_000
#: Between languages of one script so much is enough; more costs 2 ms a page and changes nothing.
LATIN_CHARACTERS_MAX = 500
#: Below this many letters the source's own language is the better witness.
LETTERS_MIN = 20
#: A Han character says about as much as this many Latin letters.
HAN_WEIGHT = 2.5
#: A Japanese text has at least this share of kana; a Chinese one that names a Japanese product has less.
KANA_SHARE_MIN = 0.15

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3041-\u30ff\uff66-\uff9d]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_OTHER = (
    ("ko", re.compile(r"[\u1100-\u11ff\uac00-\ud7a3]"), 2.0),
    ("ru", re.compile(r"[\u0400-\u04ff]"), 1.0),
    ("ar", re.compile(r"[\u0600-\u06ff]"), 1.0),
    ("th", re.compile(r"[\u0e00-\u0e7f]"), 1.0),
    ("he", re.compile(r"[\u0590-\u05ff]"), 1.0),
    ("el", re.compile(r"[\u0370-\u03ff]"), 1.0),
    ("hi", re.compile(r"[\u0900-\u097f]"), 1.0),
)
#: Of no language.
UNKNOWN: Language = "und"


def language(text: str, declared: Language | None) -> Language:
    """The language of `text`, "zh-Hans" and "zh-Hant" told apart; "und" if it has no letters and none is declared.

    `declared`: what the source says; it wins for a text of fewer than 20 letters, where script leaves a choice.
    """
    text = text[:CHARACTERS_MAX]
    han, kana, latin = (len(script.findall(text)) for script in (_HAN, _KANA, _LATIN))
    weights = {name: len(script.findall(text)) * weight for name, script, weight in _OTHER}
    weights |= {"han": (han + kana) * HAN_WEIGHT, "latin": float(latin)}
    leading = max(weights, key=lambda name: weights[name])
    if not weights[leading]:
        return declared or UNKNOWN
    if leading == "han":
        return _east_asian(text, han, kana, declared)
    if leading != "latin":
        return leading
    return declared if declared and latin < LETTERS_MIN else _latin(text)


def _east_asian(text: str, han: int, kana: int, declared: Language | None) -> Language:
    if kana > KANA_SHARE_MIN * (han + kana):
        return "ja"
    if declared and han < LETTERS_MIN and not declared.startswith("zh") and not declared.startswith("en"):
        return declared
    simplified, traditional = _variants(text)
    if simplified == traditional:
        return declared if declared in ("zh-Hans", "zh-Hant") else "zh-Hans"
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _variants(text: str) -> tuple[int, int]:
    """How many characters are written only in simplified and only in traditional text."""
    to_traditional, to_simplified = _converters()
    characters = "".join(_HAN.findall(text))
    changed = [
        sum(a != b for a, b in zip(characters, converter.convert(characters), strict=False))
        for converter in (to_traditional, to_simplified)
    ]
    return changed[0], changed[1]


@functools.cache
def _converters() -> tuple[Any, Any]:
    import opencc

    return opencc.OpenCC("s2t"), opencc.OpenCC("t2s")


def _latin(text: str) -> Language:
    found = _detector().detect_language_of(text[:LATIN_CHARACTERS_MAX])
    return found.iso_code_639_1.name.lower() if found else "en"


@functools.cache
def _detector() -> Any:
    from lingua import Language as Of  # 150 MB of models, loaded by the first Latin text
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(
        Of.ENGLISH, Of.GERMAN, Of.FRENCH, Of.SPANISH, Of.PORTUGUESE,
        Of.ITALIAN, Of.DUTCH, Of.POLISH, Of.SWEDISH, Of.TURKISH,
    ).build()  # fmt: skip
