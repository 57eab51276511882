"""The Elasticsearch that tests and `make up` start: it serves, keeps its rights low, survives kill -9."""

import os
import pwd
import socket
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from deploy.servers.elasticsearch import USER
from deploy.servers.ports import HOST
from deploy.servers.process import PortTakenError


def owner(pid: int) -> str:
    return pwd.getpwuid(Path(f"/proc/{pid}").stat().st_uid).pw_name


def test_it_is_the_version_whose_features_tidings_uses(elasticsearch_url):
    with Elasticsearch(elasticsearch_url) as client:
        assert client.info()["version"]["number"].startswith("9.")


def test_a_node_whose_port_was_taken_while_it_was_down_says_so(own_elasticsearch):
    port = int(own_elasticsearch.url.rpartition(":")[2])
    own_elasticsearch.stop()

    with socket.create_server((HOST, port)), pytest.raises(PortTakenError, match="somebody else listens on its port"):
        own_elasticsearch.start()

    assert own_elasticsearch.pid is None


def test_an_acknowledged_document_survives_kill_9_of_the_node_which_comes_back_where_it_was(own_elasticsearch):
    address, first = own_elasticsearch.url, own_elasticsearch.pid
    with Elasticsearch(address) as client:
        client.indices.create(index="kept", settings={"number_of_replicas": 0})
        client.index(index="kept", id="1", document={"word": "kept"})

        own_elasticsearch.kill()
        killed = own_elasticsearch.pid
        own_elasticsearch.start()

        assert client.get(index="kept", id="1")["_source"] == {"word": "kept"}
    assert (killed, own_elasticsearch.url, own_elasticsearch.pid != first) == (None, address, True)
    # It refuses to run as root, so root's node is another's.
    assert owner(own_elasticsearch.pid) == (USER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
