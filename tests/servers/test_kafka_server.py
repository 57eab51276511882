"""The Kafka that tests and `make up` start: it serves, survives kill -9, and ends with whoever it is tied to."""

import socket
import uuid

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from deploy.servers import KafkaServer
from deploy.servers.ports import HOST, free_port
from deploy.servers.process import PortTakenError


def make_topic(bootstrap: str) -> str:
    topic = f"servers.{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, 1, 1)])
    admin.close()
    return topic


def send(bootstrap: str, topic: str, *bodies: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    for body in bodies:
        producer.send(topic, body).get(30)
    producer.close()


def read(bootstrap: str, topic: str, n: int) -> list[bytes]:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=30_000
    )
    found = [record.value for _, record in zip(range(n), consumer, strict=False)]
    consumer.close()
    return found


def test_what_is_sent_is_read(kafka_bootstrap):
    topic = make_topic(kafka_bootstrap)

    send(kafka_bootstrap, topic, b"one", b"two")

    assert read(kafka_bootstrap, topic, 2) == [b"one", b"two"]


def test_an_acknowledged_record_survives_kill_9_of_the_broker_which_comes_back_where_it_was(own_kafka):
    address, first = own_kafka.bootstrap, own_kafka.pid
    topic = make_topic(address)
    send(address, topic, b"before")

    own_kafka.kill()
    killed = own_kafka.pid
    own_kafka.start()
    send(address, topic, b"after")

    assert (killed, own_kafka.bootstrap, own_kafka.pid != first) == (None, address, True)
    assert read(address, topic, 2) == [b"before", b"after"]


def test_a_broker_whose_port_was_taken_while_it_was_down_says_so(own_kafka):
    port = int(own_kafka.bootstrap.rpartition(":")[2])
    own_kafka.stop()

    with socket.create_server((HOST, port)), pytest.raises(PortTakenError, match="somebody else listens on its port"):
        own_kafka.start()

    assert own_kafka.pid is None


def test_a_preferred_port_that_is_taken_is_not_waited_for(tmp_path):
    with socket.create_server((HOST, free_port())) as taken:
        server = KafkaServer(tmp_path, port=taken.getsockname()[1])
        server.start()
        try:
            assert server.bootstrap != f"{HOST}:{taken.getsockname()[1]}"
        finally:
            server.stop()
