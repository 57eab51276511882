"""Tell a challenge from a page: what bot defences answer where an article or a list should be.

A challenge is recorded as "blocked" and never solved. The signs are those that real hosts were seen to give.
"""

import re

#: Challenges are small; a longer body is read as a page whatever words it holds.
CHALLENGE_BYTES_MAX = 32_000
#: Below this a 403 is the defence's own answer, not a page of the site.
REFUSAL_BYTES_MAX = 2_000
#: An article that merely mentions a sign has more text than this around it.
_WORDS_BYTES_MAX = 600

_STATUSES = {412: "status 412", 512: "status 512", 521: "status 521"}
_SIGNS = re.compile(
    rb"acw_sc__v2|__jsl_clearance|wzws_sessionid|\$_ts\b|_cf_chl_opt|cf-browser-verification|challenge-platform"
    rb"|_Incapsula_Resource|px-captcha|captcha-delivery\.com"
)
_WORDS = (
    "请开启JavaScript",
    "请启用JavaScript",
    "访问过于频繁",
    "频繁访问",
    "安全验证",
    "滑动验证",
    "Just a moment...",
    "Checking your browser",
    "Enable JavaScript and cookies to continue",
    "Cookies must be enabled",
    "Pardon Our Interruption",
    "Attention Required! | Cloudflare",
    "verify you are human",
)
_WORD_SIGNS = re.compile(
    b"|".join(re.escape(word.encode(code).lower()) for word in _WORDS for code in ("utf-8", "gb18030"))
)
_UNSEEN = re.compile(rb"<!--.*?-->|<(script|style|noscript|head)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rb"<[^>]*>?")
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc\b)[^>]*>\s*\S", re.IGNORECASE)


def challenge(status: int, body: bytes) -> str | None:
    """Why this answer is a challenge or refusal, for people ("status 412", "script-only body"); None if it is none.

    `body` is the body after content decoding, in any charset that keeps ASCII.
    """
    if status in _STATUSES:
        return _STATUSES[status]
    if status == 403 and len(body) < REFUSAL_BYTES_MAX:
        return "status 403 with a tiny body"
    if len(body) > CHALLENGE_BYTES_MAX:
        return None
    return _shell(status, body)


def _shell(status: int, body: bytes) -> str | None:
    seen = b" ".join(_TAG.sub(b" ", _UNSEEN.sub(b" ", body)).split())
    if len(seen) <= _WORDS_BYTES_MAX:
        if sign := _SIGNS.search(body) or _WORD_SIGNS.search(body.lower()):
            return f"challenge: {sign[0].decode('utf-8', 'replace')}"
        if status == 202 and b"<script" in body.lower():
            return "status 202 with a script"
    if not seen and _INLINE_SCRIPT.search(body) and not re.search(rb"<(img|i?frame|embed|object)\b", body, re.I):
        return "script-only body"
    return None
