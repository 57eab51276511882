"""A real Kafka and a real Elasticsearch as processes of this machine, for tests and for `make up`.

Both come from Maven Central, run without root's rights where they must, and end with whoever they are tied to.
Linux only: elsewhere `make up` uses Docker.
"""

from deploy.servers.elasticsearch import ElasticsearchServer
from deploy.servers.kafka import KafkaServer

__all__ = ["ElasticsearchServer", "KafkaServer"]
