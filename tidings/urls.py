"""One spelling for each address, so that one page is one article."""

import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from tidings.errors import PageError

URL_CHARACTERS_MAX = 4_000

#: Query parameters that say how a reader came, never what the page is.
_TRACKING = re.compile(
    r"utm_\w+|spm|scm|gclid|dclid|fbclid|msclkid|yclid|igshid|mc_[ce]id|mkt_tok|_ga|_gl|cmpid|ncid|wt\.mc_id"
    r"|isappinstalled|share_token|jsessionid|phpsessid",
    re.IGNORECASE,
)
#: Parameters that track only with these values: "?from=2024-01-01" names what is shown, "?from=timeline" does not.
_TRACKING_VALUES = {
    "f": re.compile(r"rss", re.IGNORECASE),
    "ref": re.compile(r"rss|feed", re.IGNORECASE),
    "source": re.compile(r"rss|feed", re.IGNORECASE),
    "from": re.compile(r"[a-z_]+", re.IGNORECASE),
}
_DEFAULT_PORT = {"http": 80, "https": 443}
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
#: What may stand in a path or query as it is: RFC 3986, sections 2.2 and 3.3.
_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"


def canonical(url: str) -> str:
    """The address under which a page is known: the same for all spellings of it, and its own canonical form.

    Scheme and host in lower case; no default port, user name, fragment or tracking parameter; percent-encoding of
    the path in its one normal form; parameters in the order of their names. `index.html` and `http` stay, since
    not every server gives the same page without them. A fragment that routes ("#/notice/12") stays too.
    An address that is not http(s) ("urn:tidings:...") comes back as it is. Raises PageError if it is no address.
    """
    parts = _split(url.strip())
    if parts.scheme.lower() not in _DEFAULT_PORT:
        return url.strip()
    route = parts.fragment if re.match(r"!?/", parts.fragment) else ""
    return urlunsplit((parts.scheme.lower(), _host(parts), _path(parts.path), _query(parts.query), route))


def _split(url: str) -> SplitResult:
    if len(url) > URL_CHARACTERS_MAX:
        raise PageError(f"address {url[:60]}... has {len(url)} characters; want at most {URL_CHARACTERS_MAX}")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise PageError(f'"{url[:200]}" is no address ({error}); want https://host/path') from error
    if parts.scheme.lower() in _DEFAULT_PORT and not parts.hostname:
        raise PageError(f'"{url[:200]}" is no address (it names no host); want https://host/path')
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        host = _punycode(host)
    if ":" in host:
        host = f"[{host}]"
    default = parts.port is None or parts.port == _DEFAULT_PORT[parts.scheme.lower()]
    return host if default else f"{host}:{parts.port}"


def _punycode(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return quote(host)


def _path(path: str) -> str:
    kept: list[str] = []
    segments = _SESSION.sub("", path).split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(_escape(segment, _PATH_SAFE))
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    kept = [(_escape(name, _QUERY_SAFE), sep, _escape(value, _QUERY_SAFE)) for name, sep, value in pairs]
    return "&".join(map("".join, sorted((p for p in kept if not _tracks(p[0], p[2])), key=lambda pair: pair[0])))


def _tracks(name: str, value: str) -> bool:
    values = _TRACKING_VALUES.get(name.lower())
    return bool(_TRACKING.fullmatch(name) or (values and values.fullmatch(value)))


def _escape(text: str, safe: str) -> str:
    """Percent-encode what must be, decode what need not be; bytes that are not UTF-8 (old GBK links) survive."""
    pieces = re.split(r"((?:%[0-9a-fA-F]{2})+)", text)
    return "".join(_reescape(piece) if i % 2 else quote(piece, safe=safe) for i, piece in enumerate(pieces))


def _reescape(piece: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", _unreserved, piece.upper())


def _unreserved(match: re.Match[str]) -> str:
    character = unquote(match[0], "latin-1")
    return character if re.fullmatch(r"[A-Za-z0-9._~-]", character) else match[0]
