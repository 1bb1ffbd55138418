import logging
import os

from services.storage import Storage
from services.mailer import Mailer

logger = logging.getLogger()

storage = Storage(os.environ["DOCUMENTS_BUCKET"], prefix=os.environ.get("PREFIX", ""))
mailer = Mailer(sender=os.environ["SENDER"])


def handler(event, context):
    names = storage.names()
    for name in names:
        logger.info("found %s", name)
    url = storage.url_for(names[0])
    storage.archive(names[0])
    mailer.send(event["to"], url)
