import boto3


class Mailer:
    def __init__(self, sender):
        self.sender = sender
        self._ses = None

    @property
    def ses(self):
        if not self._ses:
            self._ses = boto3.client("ses")
        return self._ses

    def send(self, to, text):
        self.ses.send_email(  # aws: ses:SendEmail SENDER
            Source=self.sender,
            Destination={"ToAddresses": [to]},
            Message={"Subject": {"Data": "hi"}, "Body": {"Text": {"Data": text}}},
        )
