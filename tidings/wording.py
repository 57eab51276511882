"""The words of the vocabulary as a reader writes them: one wording for pages, messages and reasons."""

from collections.abc import Sequence

_ACRONYMS = {"mri", "ct", "pet", "ivd", "bci", "ai", "ipo", "pma"}
_WORDS = {"xray": "X-ray", "510k": "510(k)", "rd_spend": "R&D spend"}
#: The regions that readers here know better by name than by code; others are shown as they are.
_REGIONS = {
    "CN": "China", "US": "United States", "JP": "Japan", "DE": "Germany", "GB": "United Kingdom", "KR": "South Korea",
    "IN": "India", "BR": "Brazil", "FR": "France", "RU": "Russia", "EUROPE": "Europe", "GLOBAL": "world",
}  # fmt: skip


def words(value: str) -> str:
    """A value in the middle of a sentence: "ai-software" -> "AI software", "price_cut" -> "price cut"."""
    if value in _WORDS:
        return _WORDS[value]
    parts = value.replace("_", " ").replace("-", " ").split(" ")
    return " ".join(part.upper() if part in _ACRONYMS else part for part in parts)


def heading(value: str) -> str:
    """A value at the beginning of a line: "market_size" -> "Market size"."""
    text = words(value)
    return text[:1].upper() + text[1:]


def region(code: str) -> str:
    """A region by name: "CN" -> "China"; the code where we have no better name."""
    return _REGIONS.get(code, code)


def regions(codes: Sequence[str]) -> str:
    """Several regions in one line; "" for none."""
    return ", ".join(map(region, codes))


def shortened(text: str, characters_max: int) -> str:
    """`text`, or its beginning and an ellipsis, in at most so many characters."""
    return text if len(text) <= characters_max else text[: characters_max - 1].rstrip() + "…"
