import os


def run(event, context):
    value = os.environ["A"
    return value
