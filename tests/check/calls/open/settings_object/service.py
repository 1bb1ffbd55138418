import json
import os
from dataclasses import dataclass, field

import boto3


@dataclass(frozen=True)
class Settings:
    flag_parameter: str = os.environ["FLAG_PARAMETER"]
    limit_parameter: str = field(default_factory=lambda: os.environ["LIMIT_PARAMETER"])
    events_bus: str = os.getenv("EVENTS_BUS", "default")


settings = Settings()


class Notifier:
    def __init__(self, bus, client=None):
        self.bus = bus
        self.client = client or boto3.client("events")

    def send(self, detail):
        self.client.put_events(  # aws: events:PutEvents EVENTS_BUS
            Entries=[{"EventBusName": self.bus, "Source": "me", "DetailType": "x", "Detail": json.dumps(detail)}]
        )
