"""Writes JSON lines {"key","value"} from standard input, as confluent-kafka does where nothing is configured: CRC-32 of the key.

Of a line without a key the client chooses any partition.
"""

import json
import sys

from confluent_kafka import Producer

failed = []


def delivered(error, _message):
    if error is not None:
        failed.append(error)


brokers, topic = sys.argv[1:]
producer = Producer({"bootstrap.servers": brokers, "acks": "all", "compression.type": "zstd", "linger.ms": 20})
for line in sys.stdin:
    record = json.loads(line)
    headers = {"trace": b"\x00\xff"}
    producer.produce(topic, key=record.get("key"), value=record["value"], headers=headers, callback=delivered)
    producer.poll(0)
waiting = producer.flush(60)
if waiting or failed:
    sys.exit(f"{waiting} records not confirmed; {failed[:3]}")
