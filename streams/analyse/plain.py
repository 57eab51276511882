"""Text made even without moving a single character: every offset in it is an offset in the original."""

import unicodedata

from tidings.terms import fold


def plain(text: str) -> str:
    """Half width, simplified characters; letters keep their case, every character its place.

    The Chinese comma stays, since "3月，10家" is not the number 3,10.
    """
    return text.translate(_PLAIN)


def lowered(text: str) -> str:
    """`plain` text in small letters, of the same length: what written forms are looked up in."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


class _Table(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = even = _even(chr(code))
        return even


_PLAIN = _Table({ord(","): ",", ord("，"): "，", ord("衞"): "卫", ord("’"): "'", ord("‘"): "'"})


def _even(character: str) -> str:
    if character.isascii():
        return character
    if "\u3400" <= character <= "\u9fff":
        folded = fold(character)
        return folded if len(folded) == 1 else character
    wide = unicodedata.normalize("NFKC", character)
    return wide if len(wide) == 1 else character
