"""The floors: the same work in one plain loop, with the bare libraries."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from elasticsearch import Elasticsearch, helpers
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from benchmarks.distributed.desk import Desk
from benchmarks.measuring import seconds
from search.elastic_mapping import SETTINGS, mapping
from tidings.brokers import RECORD_BYTES_MAX
from tidings.codec import decode, encode
from tidings.records import Record
from tidings.steps import Outcome

BULK = 500
POLL_MILLISECONDS = 1_000
ANSWER_SECONDS_MAX = 60
#: What our own producer promises: confirmed by all replicas, in order, once, compressed the same.
GUARANTEES = {
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "zstd",
    "max_request_size": RECORD_BYTES_MAX,
}


def map_seconds(bodies: Sequence[bytes], apply: Callable[[Record], Record | Outcome], warm: int) -> tuple[float, float]:
    """Decode, apply and encode: wall and processor time of all but the first `warm`, which are done before."""
    _map(bodies[:warm], apply)
    wall, cpu = time.perf_counter(), time.process_time()
    _map(bodies[warm:], apply)
    return time.perf_counter() - wall, time.process_time() - cpu


def _map(bodies: Sequence[bytes], apply: Callable[[Record], Record | Outcome]) -> None:
    for body in bodies:
        made = apply(decode(body))
        assert not isinstance(made, Outcome)
        encode(made)


@contextmanager
def loop(desk: Desk, sources: Sequence[bytes]) -> Iterator[Callable[[], float]]:
    """How long it takes to consume the documents from a topic and index them in bulk, with our mapping, to the end.

    Searchable then. Each time into a new index, which is not counted, nor is connecting.
    """
    topic = TopicPartition(f"{desk.prefix}bare", 0)
    index = f"{desk.name}-bare"
    _produce(desk, topic.topic, sources)

    with closing(Elasticsearch(desk.servers.elasticsearch, request_timeout=ANSWER_SECONDS_MAX)) as client:

        def took() -> float:
            client.indices.create(index=index, settings=SETTINGS, mappings=mapping())
            with closing(KafkaConsumer(bootstrap_servers=desk.servers.kafka, group_id=None)) as consumer:
                consumer.assign([topic])
                consumer.seek(topic, 0)
                found = seconds(lambda: _index(consumer, topic, client, index, len(sources)))
            client.indices.delete(index=index)
            return found

        yield took


def _produce(desk: Desk, topic: str, values: Sequence[bytes]) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=desk.servers.kafka)) as admin:
        admin.create_topics({topic: {"num_partitions": 1}}, wait_for_metadata=True)
    with closing(KafkaProducer(bootstrap_servers=desk.servers.kafka, batch_size=262_144, **GUARANTEES)) as producer:
        for future in [producer.send(topic, value) for value in values]:
            future.get(ANSWER_SECONDS_MAX)


def _index(consumer: KafkaConsumer, topic: TopicPartition, client: Elasticsearch, index: str, count: int) -> None:
    done = 0
    while done < count:
        records = consumer.poll(POLL_MILLISECONDS, BULK).get(topic, ())
        documents = (json.loads(record.value) for record in records)
        helpers.bulk(client, ({"_index": index, "_id": d["id"], "_source": d} for d in documents), chunk_size=BULK)
        done += len(records)
    client.indices.refresh(index=index)
