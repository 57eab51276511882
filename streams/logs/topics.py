"""The topics on Kafka: what they should be, what they are, and making the second the first."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from streams.logs.broker import reach, translated
from tidings.brokers import RECORD_BYTES_MAX, Brokers

_DAY_MILLISECONDS = 24 * 3600 * 1000
#: Broker's reserve over the record itself: batch and compression overhead.
MESSAGE_BYTES_MAX = RECORD_BYTES_MAX + 1_000_000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a topic should be."""

    name: str
    partitions: int = 1
    configuration: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a topic is; `partitions` 0: it is not there."""

    name: str
    partitions: int = 0
    records: int = 0
    bytes: int = 0
    configuration: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in which a topic is not as it should be."""

    topic: str
    what: str
    wanted: str
    found: str
    #: False: making it so would lose records or their order, so `apply` refuses.
    mendable: bool = True


def wanted(brokers: Brokers, *, pages_partitions: int, pages_days: int) -> tuple[Wanted, ...]:
    """Every topic of one installation."""
    kept = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    newest = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1", "segment.ms": "3600000"}
    pages = kept | {"retention.ms": str(pages_days * _DAY_MILLISECONDS)}
    named = {
        "pages": pages,
        **dict.fromkeys(("intake", "events", "notifications", "receipts", "dead-letters"), kept),
        # A reader has this long to learn that a signal was withdrawn.
        "signals": newest | {"delete.retention.ms": str(30 * _DAY_MILLISECONDS)},
        "positions": newest,
    }
    return tuple(
        Wanted(
            name=brokers.prefix + name,
            partitions=pages_partitions if name == "pages" else 1,
            configuration=configuration | {"max.message.bytes": str(MESSAGE_BYTES_MAX), "compression.type": "producer"},
        )
        for name, configuration in named.items()
    )


def found(brokers: Brokers, topics: Sequence[Wanted]) -> tuple[Found, ...]:
    """What is there under the names of `topics`, in their order. Raises StorageError if no broker answers."""
    names = {topic.name for topic in topics}
    with _admin(brokers) as admin:
        there = {t["name"]: len(t["partitions"]) for t in admin.describe_topics() if t["name"] in names}
        configurations = _configurations(admin, there)
        sizes = _sizes(admin)
        records = _records(brokers, there)
    return tuple(
        Found(
            name=topic.name,
            partitions=there.get(topic.name, 0),
            records=records.get(topic.name, 0),
            bytes=sizes.get(topic.name, 0),
            configuration=configurations.get(topic.name, {}),
        )
        for topic in topics
    )


def differences(topics: Sequence[Wanted], are: Sequence[Found]) -> Iterator[Difference]:
    """In what the topics are not as they should be."""
    for topic, is_ in zip(topics, are, strict=True):
        if not is_.partitions:
            yield Difference(topic=topic.name, what="topic", wanted=f"{topic.partitions} partitions", found="absent")
            continue
        if topic.partitions != is_.partitions:
            yield Difference(
                topic=topic.name,
                what="partitions",
                wanted=str(topic.partitions),
                found=str(is_.partitions),
                mendable=topic.partitions > is_.partitions,
            )
        for name, value in topic.configuration.items():
            if (has := is_.configuration.get(name, "")) != value:
                yield Difference(
                    topic=topic.name, what=name, wanted=value, found=has, mendable=_keeps_more(name, value, has)
                )


def apply(brokers: Brokers, topics: Sequence[Wanted]) -> list[Difference]:
    """Make the topics as they should be, each difference that costs no record; gives those that were there.

    Those that are not `mendable` are left: fewer partitions, a shorter retention, another clean-up.
    """
    differing = list(differences(topics, found(brokers, topics)))
    by_name = {topic.name: topic for topic in topics}
    with _admin(brokers) as admin:
        absent = {d.topic: _new(by_name[d.topic]) for d in differing if d.what == "topic"}
        if absent:
            admin.create_topics(absent, wait_for_metadata=True)
        for difference in differing:
            if difference.mendable and difference.what == "partitions":
                admin.create_partitions({difference.topic: int(difference.wanted)})
            elif difference.mendable and difference.what != "topic":
                resource = (ConfigResourceType.TOPIC, difference.topic, {difference.what: difference.wanted})
                admin.alter_configs([ConfigResource(*resource)])
    return differing


def groups(brokers: Brokers, names: Sequence[str]) -> dict[str, int]:
    """How many members each consumer group has now; 0 for one that Kafka does not know."""
    with _admin(brokers) as admin:
        known = {group["group_id"] for group in admin.list_groups()}
        described = admin.describe_groups([name for name in names if name in known])
    return dict.fromkeys(names, 0) | {name: len(group["members"]) for name, group in described.items()}


def _keeps_more(name: str, wanted: str, has: str) -> bool:
    """Would the change keep every record that is there?"""
    if name == "cleanup.policy":
        return False
    if name in ("retention.ms", "retention.bytes", "delete.retention.ms", "max.message.bytes"):
        return wanted == "-1" or (has != "-1" and int(wanted) >= int(has or 0))
    return True


def _new(topic: Wanted) -> dict[str, Any]:
    return {"num_partitions": topic.partitions, "configs": dict(topic.configuration)}


@contextmanager
def _admin(brokers: Brokers) -> Iterator[KafkaAdminClient]:
    reach(brokers)
    with translated(brokers):
        admin = KafkaAdminClient(**brokers.options(), request_timeout_ms=15_000)
        try:
            yield admin
        finally:
            admin.close()


def _configurations(admin: KafkaAdminClient, names: Mapping[str, int]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    told = admin.describe_configs(asked, config_filter="all")["topic"]
    return {name: {key: str(entry["value"]) for key, entry in entries.items()} for name, entries in told.items()}


def _sizes(admin: KafkaAdminClient) -> dict[str, int]:
    """Bytes of each topic, replicas counted once for each broker that holds one."""
    sizes: dict[str, int] = {}
    for broker in admin.describe_log_dirs():
        for folder in broker["log_dirs"]:
            for topic in folder["topics"]:
                taken = sum(partition["partition_size"] for partition in topic["partitions"])
                sizes[topic["name"]] = sizes.get(topic["name"], 0) + taken
    return sizes


def _records(brokers: Brokers, partitions: Mapping[str, int]) -> dict[str, int]:
    """Offsets between the first and the last record; on a compacted topic more than the records there are."""
    consumer = KafkaConsumer(**brokers.options(), enable_auto_commit=False, metrics_enabled=False)
    try:
        parts = [TopicPartition(name, number) for name, count in partitions.items() for number in range(count)]
        first, end = consumer.beginning_offsets(parts), consumer.end_offsets(parts)
    finally:
        consumer.close()
    return {name: sum(end[at] - first[at] for at in parts if at.topic == name) for name in partitions}
