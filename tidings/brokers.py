"""How to reach Kafka, from the settings: one description for kafka-python, wherever it is used."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tidings.errors import ConfigError

#: Largest record: a page of 10 MB, its body in base64 inside JSON.
RECORD_BYTES_MAX = 16_000_000


@dataclass(frozen=True, kw_only=True)
class Brokers:
    """One Kafka cluster and the prefix under which this installation's topics and groups stand there."""

    bootstrap: str
    prefix: str = ""
    security: str = "PLAINTEXT"
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    sasl: str = "SCRAM-SHA-512"
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def options(self) -> dict[str, Any]:
        """What every client of kafka-python is opened with."""
        options: dict[str, Any] = {"bootstrap_servers": self.addresses, "security_protocol": self.security}
        if self.security.endswith("SSL"):
            options |= {"ssl_cafile": _text(self.ca), "ssl_certfile": _text(self.certificate)}
            options |= {"ssl_keyfile": _text(self.key)}
        if self.security.startswith("SASL"):
            options |= {"sasl_mechanism": self.sasl}
            options |= {"sasl_plain_username": self.user, "sasl_plain_password": self.password}
        return options

    @property
    def addresses(self) -> list[str]:
        """host:port of each bootstrap broker."""
        return [address.strip() for address in self.bootstrap.split(",") if address.strip()]


def brokers(values: Mapping[str, Any]) -> Brokers:
    """The cluster that the settings name. Raises ConfigError where the package is missing that makes Kafka fast."""
    require_crc32c()
    return Brokers(
        bootstrap=values["kafka_bootstrap"],
        prefix=values["topic_prefix"],
        security=values["kafka_security"],
        ca=values["kafka_ca"],
        certificate=values["kafka_cert"],
        key=values["kafka_key"],
        sasl=values["kafka_sasl"],
        user=values["kafka_user"],
        password=values["kafka_password"],
    )


def require_crc32c() -> None:
    """Raise ConfigError if checksums would be computed in Python: Kafka is then eleven times slower."""
    if importlib.util.find_spec("crc32c") is None:
        raise ConfigError(
            "the package crc32c is not installed, and without it Kafka is eleven times slower: "
            "install what requirements/run.txt pins"
        )


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
