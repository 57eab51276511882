"""Compressed bodies, whole or not at all: Scrapy's own middleware takes what it can get of a truncated one."""

import zlib

from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError
from scrapy.http import Request, Response
from scrapy.http.response.text import TextResponse
from scrapy.responsetypes import responsetypes

_MAGIC = b"\x1f\x8b"
_GZIP = (b"gzip", b"x-gzip")


class GzipMiddleware:
    """Asks for gzip, the one coding every server knows, and unpacks it."""

    def __init__(self, body_bytes_max: int) -> None:
        self._body_bytes_max = body_bytes_max

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "GzipMiddleware":
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        request.headers.setdefault("Accept-Encoding", "gzip")

    def process_response(self, request: Request, response: Response) -> Response:
        """The response with its body unpacked.

        Raises DownloadFailedError, which is tried again, for a truncated body; DownloadCancelledError for one that
        unpacks to more than DOWNLOAD_MAXSIZE.
        """
        coding = b",".join(response.headers.getlist("Content-Encoding")).strip().lower()
        # Some servers claim gzip for a body that is plain.
        if coding not in _GZIP or not response.body.startswith(_MAGIC):
            return response
        body = gunzip(response.body, self._body_bytes_max)
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        if issubclass(kind, TextResponse):
            # None: find the encoding anew, in the text and not in the compressed bytes.
            return response.replace(cls=kind, headers=headers, body=body, encoding=None)
        return response.replace(cls=kind, headers=headers, body=body)


def gunzip(data: bytes, size_max: int) -> bytes:
    """The content of every member of `data`, to its end and checksum. What follows the last member is ignored.

    Raises DownloadFailedError if a member is damaged or has no end, DownloadCancelledError above `size_max` bytes.
    """
    pieces: list[bytes] = []
    size = 0
    while data.startswith(_MAGIC):
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            try:
                piece = member.decompress(data, size_max + 1 - size)
            except zlib.error as error:
                raise DownloadFailedError(f"the gzip body is damaged ({error})") from error
            data, size = member.unconsumed_tail, size + len(piece)
            pieces.append(piece)
            if size > size_max:
                raise DownloadCancelledError(f"the body unpacks to more than {size_max} bytes")
            if not piece and not data:
                raise DownloadFailedError("the gzip body is truncated")
        data = member.unused_data
    return b"".join(pieces)
