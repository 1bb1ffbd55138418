import config as cfg
from stores import stores


def handler(event, context):
    store = stores[event["kind"]]
    for key in store.keys():
        store.touch(key)
    if cfg.Config.REPORTS:
        stores["reports"].drop("old")
