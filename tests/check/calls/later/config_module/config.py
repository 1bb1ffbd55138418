import os
from enum import Enum
from typing import NamedTuple

ENV = dict(os.environ)


class Config:
    REPORTS = ENV.get("REPORTS_BUCKET")
    region = os.getenv("AWS_REGION")


class Place(NamedTuple):
    bucket: str
    prefix: str = ""


class Topics(str, Enum):
    DONE = os.environ["DONE_TOPIC"]
