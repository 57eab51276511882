import json
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from deploy.demo.slack import BODY_BYTES_MAX, Slack

SECONDS_MAX = 5
METADATA = {"event_type": "alert", "event_payload": {"key": "abc"}}
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*NMPA approved*"}}]


@pytest.fixture
def slack(tmp_path):
    slack = Slack(tmp_path / "slack.jsonl")
    slack.start()
    yield slack
    slack.close()


def client(slack):
    made = WebClient(token="xoxb-demo", base_url=slack.address, timeout=SECONDS_MAX)
    made.proxy = None
    return made


def post(slack, body, *, path="/api/chat.postMessage", **headers):
    connection = HTTPConnection("127.0.0.1", slack.port, timeout=SECONDS_MAX)
    try:
        connection.request("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_message_of_the_real_client_is_kept_whole_and_named(slack):
    answer = client(slack).chat_postMessage(channel="#approvals", text="批准", blocks=BLOCKS, metadata=METADATA)

    assert (answer["ok"], answer["channel"], answer["ts"]) == (True, "#approvals", "1700000001.000000")
    assert slack.file.read() == [
        {"key": "abc", "channel": "#approvals", "text": "批准", "blocks": BLOCKS, "metadata": METADATA}
    ]


def test_message_that_comes_twice_is_kept_twice_under_two_names(slack):
    names = [client(slack).chat_postMessage(channel="#a", text="x", metadata=METADATA)["ts"] for _ in range(2)]

    assert len(set(names)) == 2
    assert [message["key"] for message in slack.file.read()] == ["abc", "abc"]


def test_form_says_the_same_as_json(slack):
    form = urlencode({"channel": "#a", "text": "批准", "metadata": json.dumps(METADATA)})
    status, body = post(slack, form, Authorization="Bearer xoxb-demo", Content_Type="application/x-www-form-urlencoded")

    assert (status, json.loads(body)["ok"]) == (HTTPStatus.OK, True)
    assert slack.file.read() == [{"key": "abc", "channel": "#a", "text": "批准", "metadata": METADATA}]


@pytest.mark.parametrize(
    ("fields", "error"),
    [({"channel": "", "text": "x"}, "channel_not_found"), ({"channel": "#a", "blocks": []}, "no_text")],
)
def test_refusal_comes_in_slacks_own_words_and_keeps_nothing(slack, fields, error):
    with pytest.raises(SlackApiError) as refused:
        client(slack).api_call("chat.postMessage", json=fields)

    assert refused.value.response["error"] == error
    assert slack.file.read() == []


def test_call_without_token_or_to_another_method_or_with_rubbish_is_refused(slack):
    json_type = {"Content_Type": "application/json"}
    answers = [
        post(slack, b'{"channel": "#a", "text": "x"}', **json_type),
        post(slack, b"{}", path="/api/auth.test", Authorization="Bearer xoxb-demo", **json_type),
        post(slack, b"{", Authorization="Bearer xoxb-demo", **json_type),
        post(slack, b"[1]", Authorization="Bearer xoxb-demo", **json_type),
    ]

    assert [json.loads(body)["error"] for _, body in answers] == [
        "not_authed",
        "unknown_method",
        "channel_not_found",
        "channel_not_found",
    ]
    assert slack.file.read() == []


def test_body_beyond_the_limit_is_not_read(slack):
    status, _ = post(slack, b"", Content_Length=str(BODY_BYTES_MAX + 1), Authorization="Bearer xoxb-demo")

    assert status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
