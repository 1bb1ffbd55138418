import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    api_url: str
    topic_arn: str

    @classmethod
    def load(cls):
        return cls(api_url=os.environ["API_URL"], topic_arn=os.environ["TOPIC_ARN"])
