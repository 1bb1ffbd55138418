"""Measure the time of `pycommon check` on generated services, and how it grows.

    .venv/bin/python benchmarks/check_speed.py [--lines 20000] [--rounds 3]

Print wall and CPU seconds of the command for the given number of lines and for ten times as many lines, and the ratio.
The target is at most 3 s for 20,000 lines, and at most eleven times this time for 200,000 lines. On a shared machine,
CPU seconds are more reliable than wall seconds.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SERVERLESS = """\
service: generated-{number}
provider:
  name: aws
  runtime: python3.12
  logRetentionInDays: 365
  environment:
    USAGE_METRICS_DYNAMO_TABLE: usage-${{sls:stage}}
    ITEMS_TABLE: items-{number}-${{sls:stage}}
    FILES_BUCKET: files-{number}-${{sls:stage}}
    JOBS_QUEUE_URL: https://sqs.${{aws:region}}.amazonaws.com/${{aws:accountId}}/jobs-{number}
  iam:
    role:
      statements:
        - Effect: Allow
          Action: dynamodb:PutItem
          Resource: arn:aws:dynamodb:${{aws:region}}:${{aws:accountId}}:table/usage-${{sls:stage}}
        - Effect: Allow
          Action: [dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query]
          Resource: arn:aws:dynamodb:${{aws:region}}:${{aws:accountId}}:table/items-{number}-${{sls:stage}}
        - Effect: Allow
          Action: [s3:GetObject, s3:PutObject]
          Resource: arn:aws:s3:::files-{number}-${{sls:stage}}/*
        - Effect: Allow
          Action: sqs:SendMessage
          Resource: arn:aws:sqs:${{aws:region}}:${{aws:accountId}}:jobs-{number}
functions:
"""
FUNCTION = """\
  work_{index}:
    handler: service/work_{index}.work
    events:
      - schedule: rate(1 hour)
"""
STORE = '''\
import os

import boto3
from boto3.dynamodb.conditions import Key


class Store:
    """Keeps items, and their files."""

    def __init__(self):
        self.table = boto3.resource("dynamodb").Table(os.environ["ITEMS_TABLE"])
        self.s3 = boto3.client("s3")
        self.bucket = os.environ["FILES_BUCKET"]

    def get(self, key):
        return self.table.get_item(Key={"id": key}).get("Item")

    def put(self, item):
        self.table.put_item(Item=item)

    def of(self, owner):
        return self.table.query(KeyConditionExpression=Key("id").eq(owner))["Items"]

    def read(self, key):
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def write(self, key, body):
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)


def tell(text):
    boto3.client("sqs").send_message(QueueUrl=os.environ["JOBS_QUEUE_URL"], MessageBody=text)
'''
WORK = """\
import json

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation, SQSOperation
from pycommon.decorators import required_env_vars, track_execution
from service.store import Store, tell

store = Store()


@required_env_vars(
    {{
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "ITEMS_TABLE": [DynamoDBOperation.GET_ITEM, DynamoDBOperation.PUT_ITEM, DynamoDBOperation.QUERY],
        "FILES_BUCKET": [S3Operation.GET_OBJECT, S3Operation.PUT_OBJECT],
        "JOBS_QUEUE_URL": [SQSOperation.SEND_MESSAGE],
    }}
)
@track_execution
def work(event, context):
    done = []
    for name in event["names"]:
        done.append(step_0(name))
    tell(json.dumps(done))
    return {{"done": len(done)}}

"""
STEP = '''
def step_{index}(name):
    """Step {index}: look, change, keep."""
    item = store.get(name) or {{"id": name, "seen": 0}}
    if item["seen"] > {index}:
        body = json.loads(store.read(f"{{name}}/{index}.json"))
        item["parts"] = [part for part in body.get("parts", []) if part]
    elif store.of(name):
        store.write(f"{{name}}/{index}.json", json.dumps(item).encode())
    item["seen"] += 1
    item["step"] = "{index}"
    store.put(item)
    return step_{next}(item["id"]) if item["seen"] < 100 else item


'''
LAST = "def step_{index}(name):\n    return name\n"
FUNCTIONS_PER_SERVICE, STEPS_PER_MODULE = 5, 25


def generate(root: Path, lines: int) -> int:
    """Write services of about `lines` lines of Python and YAML, and return the exact number."""
    written = number = 0
    while written < lines:
        written += _service(root / f"service-{number}", number)
        number += 1
    return written


def _service(folder: Path, number: int) -> int:
    functions = "".join(FUNCTION.format(index=index) for index in range(FUNCTIONS_PER_SERVICE))
    files = {"serverless.yml": SERVERLESS.format(number=number) + functions, "service/__init__.py": ""}
    files["service/store.py"] = STORE
    for index in range(FUNCTIONS_PER_SERVICE):
        steps = "".join(STEP.format(index=step, next=step + 1) for step in range(STEPS_PER_MODULE))
        files[f"service/work_{index}.py"] = WORK.format() + steps + LAST.format(index=STEPS_PER_MODULE)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return sum(text.count("\n") for text in files.values())


def seconds(root: Path, rounds: int) -> tuple[float, float]:
    """Run the command several times. Return the wall and CPU seconds of the fastest time."""
    command = [
        sys.executable,
        "-c",
        "from pycommon_cli.main import app; app()",
        "check",
        str(root),
        "--format",
        "concise",
    ]
    best = (float("inf"), float("inf"))
    for _ in range(rounds):
        started, used = time.perf_counter(), _processor_seconds()
        ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        best = min(best, (time.perf_counter() - started, _processor_seconds() - used))
        if ended.returncode:
            raise SystemExit(ended.stdout + ended.stderr)
    return best


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    taken = []
    for lines in (arguments.lines, 10 * arguments.lines):
        with tempfile.TemporaryDirectory() as name:
            written = generate(Path(name), lines)
            clock, processors = seconds(Path(name), arguments.rounds)
            taken.append((clock, processors))
            print(f"{written:8,} lines: {clock:6.2f} s wall, {processors:6.2f} s CPU")  # noqa: T201
    clock, processors = (large / small for small, large in zip(*taken, strict=True))
    print(f"ratio for ten times as many lines: {clock:.1f} wall, {processors:.1f} CPU")  # noqa: T201 - a script prints


if __name__ == "__main__":
    main()
