"""The forms in which dates are printed: one pattern and one reader each.

What names no real day ("20241345", 30 February) is no date; nothing is filled in from the day of the run.
Forms without a year, and relative ones, count back from the time of the fetch.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from tidings.records import Published

#: How far ahead of the fetch a date may lie: zones and embargoes, not next week's conference.
AHEAD_MAX = timedelta(hours=24)

Precision = Literal["second", "minute", "day", "month", "year"]
#: Makes a date of a match; None if the figures are no date. Gets the default offset and the time of the fetch.
Reader = Callable[[re.Match[str], str, datetime], Published | None]

_ZONES = {
    "Z": "+00:00", "UT": "+00:00", "UTC": "+00:00", "GMT": "+00:00", "WET": "+00:00", "BST": "+01:00",
    "CET": "+01:00", "CEST": "+02:00", "EET": "+02:00", "MSK": "+03:00", "IST": "+05:30", "ICT": "+07:00",
    "HKT": "+08:00", "SGT": "+08:00", "AWST": "+08:00", "JST": "+09:00", "KST": "+09:00", "AEST": "+10:00",
    "AEDT": "+11:00", "NZST": "+12:00", "NZDT": "+13:00", "EST": "-05:00", "EDT": "-04:00", "CDT": "-05:00",
    "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "BRT": "-03:00",
}  # fmt: skip
#: Names that mean summer or winter time, whichever holds on the day.
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
#: China's time in a Chinese source, US Central elsewhere.
_CST = {True: "+08:00", False: "-06:00"}

_MONTH_NAMES = (
    "jan january januar janvier enero janeiro gennaio",
    "feb february februar février fevrier febrero fevereiro febbraio",
    "mar march märz maerz mars marzo março marco", "apr april avril abril aprile", "may mai mayo maio maggio mei",
    "jun june juni juin junio junho giugno", "jul july juli juillet julio julho luglio", "aug august août aout agosto",
    "sep sept september septembre septiembre setembro settembre", "oct october oktober octobre octubre outubro ottobre",
    "nov november novembre noviembre novembro", "dec december dezember décembre decembre diciembre dezembro dicembre",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_HAN_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "O": "0"}
_ERAS = {"令和": 2018, "平成": 1988, "民国": 1911, "民國": 1911}

_MONTH = "(?P<name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_ZONE = r"(?P<zone>Z\b|[+-]\d{2}:?\d{2}\b|(?:GMT|UTC)[+-]\d{1,2}(?::?\d{2})?\b|[A-Z]{2,4}\b)"
_CLOCK = (
    r"(?:\s*[T,\-|]?\s*(?:at\s+)?(?P<half>上午|下午|晚上)?\s*(?P<H>\d{1,2})\s*[:时點点]\s*(?P<M>\d{2})(?:\s*[:分]\s*(?P<S>\d{2}))?"
    r"(?:[.,]\d{1,9})?\s*[分秒]?\s*(?P<ampm>[AaPp]\.?[Mm]\b\.?)?\s*(?:" + _ZONE + r")?)?"
)
_HAN_NUMBER = "[〇零○O一二三四五六七八九十]"


def moment(
    year: str | int,
    month: str | int,
    of_month: str | int | None = None,
    hour: str | int | None = None,
    minute: str | int | None = None,
    second: str | int | None = None,
    *,
    zone: str,
) -> Published | None:
    try:
        stated = datetime(
            int(year), int(month), int(of_month or 1), int(hour or 0), int(minute or 0), int(second or 0),
            tzinfo=offset(zone),
        ).astimezone(UTC)  # fmt: skip
    except (ValueError, OverflowError):
        return None
    midnight = not (int(hour or 0) or int(minute or 0) or int(second or 0))
    precision: Precision = "second" if second is not None else "minute"
    if hour is None or midnight:  # systems that keep days write 00:00:00
        precision = "day" if of_month is not None else "month"
    return Published(value=stated, precision=precision, found="", zone=zone)


def offset(zone: str) -> timezone:
    """The offset that "+08:00" names."""
    sign = -1 if zone[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])))


def _with_clock(match: re.Match[str], year: int, month: int, of_month: int, zone: str) -> Published | None:
    """A day, and the time and zone that stand behind it where they do."""
    if match["H"] is None:
        return moment(year, month, of_month, zone=zone)
    hour = int(match["H"])
    afternoon = match["half"] in ("下午", "晚上") or (match["ampm"] or "").lower().startswith("p")
    if afternoon and hour < 12:
        hour += 12
    elif (match["ampm"] or "").lower().startswith("a") and hour == 12:
        hour = 0
    named = _offset_name(match["zone"], zone, datetime(year, month, of_month)) if _real(year, month, of_month) else zone
    return moment(year, month, of_month, hour, match["M"], match["S"], zone=named)


def _real(year: int, month: int, of_month: int) -> bool:
    try:
        return bool(datetime(year, month, of_month))
    except ValueError:
        return False


def _offset_name(name: str | None, default: str, on: datetime) -> str:
    """The offset that `name` means on that day; `default` for no name or one that is no zone."""
    if not name:
        return default
    if match := re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?", name):
        offset_text = f"{match[1]}{int(match[2]):02}:{match[3] or '00'}"
        return offset_text if int(match[2]) <= 14 and int(match[3] or 0) < 60 else default
    if name == "CST":
        return _CST[default == "+08:00"]
    if name in _REGIONS:
        hours = on.replace(hour=12, tzinfo=ZoneInfo(_REGIONS[name])).utcoffset() or timedelta()
        return f"-{-hours // timedelta(hours=1):02}:00"
    return _ZONES.get(name, default)


def _numeric(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    return _with_clock(match, int(match["Y"]), int(match["m"]), int(match["d"]), zone)


def _named(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    year = int(match["Y"])
    return _with_clock(
        match, year + 2000 if year < 100 else year, _MONTHS[match["name"].lower()], int(match["d"]), zone
    )


def _day_first(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    """17/05/2024; where both could be months, the Americas put the month first."""
    a, b = int(match["a"]), int(match["b"])
    month_first = b > 12 or (a <= 12 and match["sep"] == "/" and zone.startswith("-"))
    return _with_clock(match, int(match["Y"]), a if month_first else b, b if month_first else a, zone)


def _han(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    year = int("".join(_HAN_DIGITS[c] for c in match["Y"]))
    return moment(year, _han_number(match["m"]), _han_number(match["d"]), zone=zone)


def _han_number(text: str) -> int:
    """十七 -> 17, 二十 -> 20, 〇五 -> 5."""
    if "十" not in text:
        return int("".join(_HAN_DIGITS[c] for c in text))
    tens, _, ones = text.partition("十")
    return int(_HAN_DIGITS.get(tens, "1")) * 10 + int(_HAN_DIGITS.get(ones, "0"))


def _era(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    year = 1 if match["Y"] == "元" else int(match["Y"])
    return moment(_ERAS[match["era"]] + year, match["m"], match["d"], zone=zone)


def _minguo(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    return moment(1911 + int(match["Y"]), match["m"], match["d"], zone=zone)


def _compact(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    return moment(*(match[part] for part in ("Y", "m", "d", "H", "M", "S")), zone=zone)


def _month_only(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    name = match.groupdict().get("name")
    return moment(match["Y"], _MONTHS[name.lower()] if name else match["m"], zone=zone)


def _year_only(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    date = moment(match["Y"], 1, zone=zone)
    return date and Published(value=date.value, precision="year", found="", zone=zone)


def _epoch(match: re.Match[str], zone: str, _: datetime) -> Published | None:
    """Seconds or milliseconds since 1970; midnight, or the minute before it, in the source's zone means that day."""
    seconds = int(match["s"]) // (1000 if len(match["s"]) == 13 else 1)
    local = datetime.fromtimestamp(seconds, offset(zone))
    if (local.hour, local.minute) in ((0, 0), (23, 59)):
        return moment(local.year, local.month, local.day, zone=zone)
    return Published(value=local.astimezone(UTC), precision="second", found="", zone=zone)


def _ago(match: re.Match[str], zone: str, fetched_at: datetime) -> Published | None:
    """ "3小时前", "5 days ago": the day, since the page was written some time before it was fetched."""
    unit = match["unit"].lower()
    length = next(step for names, step in _STEPS if unit in names)
    count = int(match["n"]) if match["n"].isdigit() else 1  # "an hour ago"
    then = (fetched_at - length * count).astimezone(offset(zone))
    return moment(then.year, then.month, then.day, zone=zone)


def _named_day(match: re.Match[str], zone: str, fetched_at: datetime) -> Published | None:
    then = fetched_at.astimezone(offset(zone)) - timedelta(days=_DAYS[match["day"].lower()])
    return _with_clock(match, then.year, then.month, then.day, zone)


def _today(match: re.Match[str], zone: str, fetched_at: datetime) -> Published | None:
    then = fetched_at.astimezone(offset(zone))
    return _with_clock(match, then.year, then.month, then.day, zone)


def _no_year(match: re.Match[str], zone: str, fetched_at: datetime) -> Published | None:
    """05-17 08:00: of this year, or of the last one if that were still to come."""
    year, month, of_month = fetched_at.astimezone(offset(zone)).year, int(match["m"]), int(match["d"])
    date = _with_clock(match, year, month, of_month, zone)
    if date is not None and date.value > fetched_at + AHEAD_MAX:
        return _with_clock(match, year - 1, month, of_month, zone)
    return date


_STEPS = (
    (("分钟", "分鐘", "minute", "minutes", "min", "mins"), timedelta(minutes=1)),
    (("小时", "小時", "hour", "hours", "hr", "hrs"), timedelta(hours=1)),
    (("天", "日", "day", "days"), timedelta(days=1)),
    (("周", "week", "weeks"), timedelta(weeks=1)),
    (("刚刚", "剛剛", "just now"), timedelta()),
)
_UNITS = "|".join(sorted((re.escape(name) for names, _ in _STEPS[:-1] for name in names), key=len, reverse=True))
_DAYS = {"今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2}


def _compiled(*forms: tuple[str, Reader]) -> tuple[tuple[re.Pattern[str], Reader], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE if "name>" in pattern else 0), reader) for pattern, reader in forms)


_YEAR = r"(?P<Y>(?:19|20)\d{2})(?!\d)"
_ORDINAL = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
#: Dates with year, month and day: safe to look for in running text.
FULL = _compiled(
    (r"(?<!\d)(?P<Y>(?:19|20)\d{2})\s*([-/.])\s*(?P<m>\d{1,2})\s*\2\s*(?P<d>\d{1,2})(?!\d|\.\d)" + _CLOCK, _numeric),
    (r"(?<!\d)(?P<Y>(?:19|20)\d{2})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日?(?!\d)" + _CLOCK, _numeric),
    (r"(?<!\d)" + _ORDINAL + r"\.?\s+(?:of\s+|de\s+)?" + _MONTH + r",?\s+(?:de\s+)?" + _YEAR + _CLOCK, _named),
    (r"(?<!\d)(?P<d>\d{1,2})-" + _MONTH + r"-" + _YEAR + _CLOCK, _named),
    (r"\b" + _MONTH + r"\s+" + _ORDINAL + r",?\s+" + _YEAR + _CLOCK, _named),
    (r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+(?P<d>\d{1,2})\s+" + _MONTH + r"\s+(?P<Y>\d{2})\b(?!:)" + _CLOCK, _named),
    (r"(?P<Y>[一二][〇零○O一二三四五六七八九]{3})年(?P<m>%s{1,3})月(?P<d>%s{1,3})日" % ((_HAN_NUMBER,) * 2), _han),
    (r"(?P<era>令和|平成|民国|民國)\s*(?P<Y>\d{1,3}|元)\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日", _era),
    (r"(?<![\d/.])(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?P=sep)" + _YEAR + r"(?!\.\d)" + _CLOCK, _day_first),
)  # fmt: skip
#: Forms that are dates only where nothing else stands.
WHOLE = _compiled(
    (
        r"(?P<Y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?)?(?:\d{3})?Z?",
        _compact,
    ),
    (r"(?P<s>[12]\d{9}|[12]\d{12})(?:\.\d+)?", _epoch),
    (r"(?P<Y>1\d{2})([./-])(?P<m>\d{1,2})\2(?P<d>\d{1,2})", _minguo),
    (r"(?P<Y>1\d{2})(?P<m>\d{2})(?P<d>\d{2})", _minguo),
    (r"(?P<Y>(?:19|20)\d{2})\s*[-/.年]\s*(?P<m>\d{1,2})\s*月?", _month_only),
    (_MONTH + r",?\s+(?P<Y>(?:19|20)\d{2})", _month_only),
    (r"(?P<Y>(?:19|20)\d{2})年?", _year_only),
    (rf"(?P<n>\d{{1,3}}|an?)\s*(?P<unit>{_UNITS})\s*(?:前|ago)", _ago),
    (r"(?P<n>)(?P<unit>刚刚|剛剛|[Jj]ust now)", _ago),
    (r"(?P<day>今天|昨天|前天|[Tt]oday|[Yy]esterday)" + _CLOCK, _named_day),
    (_CLOCK.removesuffix("?"), _today),
    (r"(?P<m>\d{1,2})(?:-|/|月)(?P<d>\d{1,2})日?" + _CLOCK, _no_year),
)
