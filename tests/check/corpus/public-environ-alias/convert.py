from os import environ as env

from pycommon.decorators import required_env_vars


class Rates:
    def __init__(self):
        self.rate = float(env["RATE"])
        self.digits = int(env["DIGITS"])

    def convert(self, amount):
        return round(amount * self.rate, self.digits)


@required_env_vars("RATE")
def handler(event, context):
    return Rates().convert(event["amount"])
