from pathlib import Path

import pytest

from tidings.errors import ConfigError
from tidings.settings import TABLE, load, short, shown


def test_defaults_hold_where_nothing_is_said():
    assert load({}) == {short(name): setting.default for name, setting in TABLE.items()}


def test_environment_wins_over_file_and_file_over_default(tmp_path):
    file = tmp_path / "tidings.yaml"
    file.write_text("TIDINGS_PORT: 9001\nTIDINGS_BIND: 0.0.0.0\n")

    values = load({"TIDINGS_CONFIG": str(file), "TIDINGS_PORT": "9002"})

    assert (values["port"], values["bind"], values["data"]) == (9002, "0.0.0.0", Path("data"))


def test_a_secret_may_come_from_a_file_and_is_never_shown(tmp_path):
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")

    values = load({"TIDINGS_SMTP_PASSWORD_FILE": str(secret)})

    assert values["smtp_password"] == "hunter2"
    assert shown(values)["TIDINGS_SMTP_PASSWORD"] == "(set)"


def test_every_fault_is_listed_at_once_with_what_was_wanted():
    with pytest.raises(ConfigError) as error:
        load({"TIDINGS_PORT": "http", "TIDINGS_PROT": "80", "TIDINGS_SMTP_TLS": "yes"})

    assert str(error.value).splitlines() == [
        "TIDINGS_PROT: there is no such setting; `tidings config` lists them",
        "TIDINGS_PORT is 'http'; want a whole number: Port of the search page.",
        "TIDINGS_SMTP_TLS is 'yes'; want one of none, starttls, tls: How the mail connection is secured.",
    ]


def test_a_wrong_secret_is_not_quoted():
    with pytest.raises(ConfigError) as error:
        load({"TIDINGS_SMTP_PASSWORD_FILE": "/nowhere/at/all"})

    assert "want a readable file that holds the secret" in str(error.value)


@pytest.mark.parametrize("content", ["- a\n", "a: [\n"])
def test_a_settings_file_that_is_none_is_named(tmp_path, content):
    file = tmp_path / "tidings.yaml"
    file.write_text(content)

    with pytest.raises(ConfigError, match=f"TIDINGS_CONFIG={file}"):
        load({"TIDINGS_CONFIG": str(file)})
