"""Every error that Tidings raises on purpose, under one root.

Two words decide what happens to the record at hand: a `PermanentError` goes to the dead letters,
a `TransientError` is tried again. Everything else stops the process, loudly.
A message names the subject, the fault and the remedy, and never holds a secret.
"""


class TidingsError(Exception):
    """The root: `except TidingsError` catches what Tidings itself found wrong."""


class PermanentError(TidingsError):
    """Trying again cannot help: the record becomes a dead letter, the rest goes on."""


class TransientError(TidingsError):
    """Trying again may help.

    `retry_after_seconds`: how long the other side asked us to wait; None when it did not say.
    """

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class RecordError(PermanentError):
    """Bytes that are no record of this version."""


class NewerRecordError(RecordError):
    """A record written by a newer Tidings: upgrade this process, then replay its dead letters."""


class PageError(PermanentError):
    """A page that cannot be read as an article."""


class ConfigError(TidingsError):
    """A setting, a source, a rule or a lexicon entry that is wrong: file, key, what was wanted."""


class QueryError(TidingsError):
    """A search query that cannot be parsed: where, and what was wanted."""


class StepBusyError(TidingsError):
    """Another process already runs this step on the same data."""


class StorageError(TidingsError):
    """The disk is full or the file cannot be written: nothing acknowledged is lost; free space, then start again."""


class StaleIndexError(TidingsError):
    """A search index of another version, or a damaged one: `tidings reindex` builds it again from the log."""


class LostPositionError(TidingsError):
    """A step's position lies before the oldest record that the log still holds."""


class AddressRefusedError(PermanentError):
    """An address that may not be fetched: private, loopback or link-local, and the source does not allow it."""


class NotFoundError(TidingsError):
    """The named article, rule, source, channel or dead letter does not exist."""
