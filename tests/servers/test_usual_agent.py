"""Why streams/faust_app.py acknowledges by hand and ends its process: the tutorials' agent loses what it fails at."""

import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from waiting import wait_until

AGENT = Path(__file__).with_name("usual_agent.py")
MESSAGES = 100
SETTLE_SECONDS = 60


def values(bootstrap, topic):
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    at = TopicPartition(topic, 0)
    consumer.assign([at])
    consumer.seek_to_beginning(at)
    end = consumer.end_offsets([at])[at]
    found = []
    while consumer.position(at) < end:
        found += [record.value for record in consumer.poll(1000).get(at, ())]
    consumer.close()
    return found


def started(bootstrap, source, sink):
    agent = subprocess.Popen(
        [sys.executable, AGENT, bootstrap, source, sink],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert agent.stdout.readline() == b"started\n"
    return agent


@pytest.mark.timeout(200)
def test_the_usual_agent_loses_every_message_at_which_it_fails_once(kafka_bootstrap):
    """Were it to be given again, by the process or by the next one, it would go through: it fails only once."""
    own = uuid.uuid4().hex[:8]
    source, sink = f"usual-{own}-in", f"usual-{own}-out"
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    admin.create_topics({source: {"num_partitions": 1}, sink: {"num_partitions": 1}}, wait_for_metadata=True)
    producer = KafkaProducer(bootstrap_servers=kafka_bootstrap)
    for n in range(MESSAGES):
        producer.send(source, value=str(n).encode())
    producer.flush()
    for _ in range(2):  # the second process goes on from what the first has committed
        agent = started(kafka_bootstrap, source, sink)
        try:
            wait_until(lambda: str(MESSAGES - 1).encode() in values(kafka_bootstrap, sink), SETTLE_SECONDS)
            agent.terminate()
            agent.wait(30)
        finally:
            agent.kill()
    producer.close()
    admin.close()

    lost = set(range(MESSAGES)) - {int(value) for value in values(kafka_bootstrap, sink)}

    assert lost == {n for n in range(MESSAGES) if n % 10 == 7}
