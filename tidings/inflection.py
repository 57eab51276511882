"""English inflection: what the forms of one word have in common.

Plural, -ed and -ing go, derivation stays: "approved" meets "approves" but "important" does not meet "import",
which a full stemmer would conflate. Method: steps 1a, 1b, 1c and 5 of the Snowball English stemmer
(snowballstem.org/algorithms/english/stemmer.html), a rule for Greek -sis, and a table of irregular forms.
"""

import functools
import re

_IRREGULAR = """
news: lens: series: species: cost: dying:die lying:lie tying:tie men:man women:woman children:child
mris:mri cts:ct feet:foot teeth:tooth criteria:criterion grew:grow grown:grow rose:rise risen:rise fell:fall
fallen:fall sold:sell bought:buy paid:pay spent:spend lost:lose held:hold made:make gave:give given:give took:take
taken:take began:begin begun:begin built:build brought:bring became:become came:come drew:draw drawn:draw drove:drive
driven:drive kept:keep sent:send shown:show sought:seek stood:stand went:go gone:go wrote:write written:write
chose:choose chosen:choose broke:break broken:break withdrew:withdraw withdrawn:withdraw underwent:undergo
undergone:undergo undertook:undertake undertaken:undertake said:say ran:run crises:crisis
"""
#: Irregular form -> the form that the rules then work on; "" where a word only looks inflected.
IRREGULAR = dict(pair.split(":") for pair in _IRREGULAR.split())

_VOWELS = "aeiouy"
_CEED = ("exceed", "proceed", "succeed")
_DOUBLES = ("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt")


@functools.lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What the inflected forms of `word` share: "approve", "approved" and "approving" give "approv".

    `word` is folded. What is not made of the letters a to z, or shorter than three of them, is its own stem.
    """
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    base = IRREGULAR.get(word)
    if base == "":
        return word
    return _without_e(_with_i(_without_ed(_without_s(base or word))))


def _without_s(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ies", "ied")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("sis") and len(word) > 5:  # analysis, prostheses: the plural loses its e below
        return word[:-2]
    if word.endswith("s") and not word.endswith(("us", "ss", "is")) and _has_vowel(word[:-2]):
        return word[:-1]
    return word


def _without_ed(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if len(word) - 3 >= _region(word) and word not in _CEED else word
    for suffix in ("ed", "ing"):
        if word.endswith(suffix):
            trunk = word[: -len(suffix)]
            return _restored(trunk) if _has_vowel(trunk) else word
    return word


def _restored(trunk: str) -> str:
    """The word that lost -ed or -ing: "creat" was "create", "scann" was "scan", "us" was "use"."""
    if trunk.endswith(("at", "bl", "iz")):
        return trunk + "e"
    if trunk.endswith(_DOUBLES):
        return trunk[:-1]
    return trunk + "e" if _region(trunk) >= len(trunk) and _ends_short(trunk) else trunk


def _with_i(word: str) -> str:
    return word[:-1] + "i" if len(word) > 2 and word[-1] == "y" and word[-2] not in _VOWELS else word


def _without_e(word: str) -> str:
    first = _region(word)
    second = first + _region(word[first:])
    last = len(word) - 1
    if word.endswith("e") and (last >= second or (last >= first and not _ends_short(word[:-1]))):
        return word[:-1]
    return word[:-1] if word.endswith("ll") and last >= second else word


def _has_vowel(part: str) -> bool:
    return any(letter in _VOWELS for letter in part)


def _region(word: str) -> int:
    """Where the part after the first non-vowel that follows a vowel begins; the length if there is none."""
    found = re.search(r"[aeiouy][^aeiouy]", word)
    return found.end() if found else len(word)


def _ends_short(word: str) -> bool:
    """Snowball's short syllable: "pric", "hop", "us", not "scann" or "grow"."""
    return re.search(r"(?:[^aeiouy][aeiouy][^aeiouywx]|^[aeiouy][^aeiouy])$", word) is not None
