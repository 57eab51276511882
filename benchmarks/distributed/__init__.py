"""What Kafka, Faust and Elasticsearch cost beside the same work without them: `make benchmark MODE=distributed`."""
