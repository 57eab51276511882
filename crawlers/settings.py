"""What Scrapy is told: polite, bounded, and nothing open that is not needed."""

from typing import Any

from crawlers.source import Source

#: Bytes of one page, before and after decompression.
BODY_BYTES_MAX = 10_000_000
#: Seconds for one request, from connecting to the last byte.
REQUEST_SECONDS = 30
REDIRECTS_MAX = 5
#: Tries after the first, for faults that pass by themselves.
RETRIES_MAX = 2
#: Name and address of the project in robots.txt groups: the product token of the User-Agent.
PRODUCT = "Tidings"


def user_agent(contact: str) -> str:
    """What servers see: who we are and where to reach whoever runs this."""
    return f"{PRODUCT}/0.1 (+{contact})" if contact else f"{PRODUCT}/0.1"


def scrapy_settings(source: Source, agent: str) -> dict[str, Any]:
    """Settings of one poll of `source`."""
    return {
        "USER_AGENT": agent,
        "ROBOTSTXT_USER_AGENT": PRODUCT,
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_DELAY": source.delay_seconds,
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_TIMEOUT": REQUEST_SECONDS,
        "DOWNLOAD_MAXSIZE": BODY_BYTES_MAX,
        "DOWNLOAD_WARNSIZE": 0,
        # Off in Scrapy: a page from a host that cannot prove its name is nobody's word.
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_MAX_TIMES": REDIRECTS_MAX,
        "METAREFRESH_ENABLED": False,
        "RETRY_TIMES": RETRIES_MAX,
        # Not 429, 503 and challenge statuses: a server that asks to be left alone is, until the next poll.
        "RETRY_HTTP_CODES": [408, 500, 502, 504],
        "RETRY_EXCEPTIONS": [
            "scrapy.exceptions.DownloadConnectionRefusedError",
            "scrapy.exceptions.DownloadFailedError",
            "scrapy.exceptions.DownloadTimeoutError",
            "scrapy.exceptions.ResponseDataLossError",
        ],
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        # The environment's proxy would connect on our behalf, past the address guard.
        "HTTPPROXY_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawlers.robots.RobotsMiddleware": 100,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "crawlers.compression.GzipMiddleware": 590,
        },
        # Both listen on a local port, which nothing here uses; Scrapy has them on.
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "EXTENSIONS": {
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
            "scrapy.extensions.spiderstate.SpiderState": None,
        },
        "STATS_DUMP": False,
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }
