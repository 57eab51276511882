"""From settings to the options of a Kafka client."""

import sys

import pytest

from tidings import settings
from tidings.brokers import Brokers, brokers
from tidings.errors import ConfigError


def options(**environment):
    return brokers(settings.load({name: str(value) for name, value in environment.items()})).options()


def test_without_settings_it_is_the_broker_on_this_machine():
    assert options() == {"bootstrap_servers": ["127.0.0.1:9092"], "security_protocol": "PLAINTEXT"}


def test_a_login_over_tls_names_certificates_mechanism_user_and_password(tmp_path):
    (tmp_path / "password").write_text("xyzzy\n")

    told = options(
        KAFKA_BOOTSTRAP="one:9093, two:9093",
        KAFKA_SECURITY="SASL_SSL",
        KAFKA_CA="/etc/kafka/ca.pem",
        KAFKA_USER="tidings",
        KAFKA_PASSWORD_FILE=tmp_path / "password",
    )

    assert told == {
        "bootstrap_servers": ["one:9093", "two:9093"],
        "security_protocol": "SASL_SSL",
        "ssl_cafile": "/etc/kafka/ca.pem",
        "ssl_certfile": None,
        "ssl_keyfile": None,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "tidings",
        "sasl_plain_password": "xyzzy",
    }


def test_the_password_is_not_shown():
    assert settings.shown(settings.load({"KAFKA_PASSWORD": "xyzzy"}))["KAFKA_PASSWORD"] == "(set)"
    assert "xyzzy" not in repr(Brokers(bootstrap="one:9092", password="xyzzy"))


def test_without_the_fast_checksums_nothing_starts_and_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "crc32c", None)

    with pytest.raises(ConfigError, match=r"crc32c is not installed, .* install what requirements/run.txt pins"):
        options()
