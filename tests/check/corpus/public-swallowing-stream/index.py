import json
import traceback

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


def process_record(record):
    print(json.dumps(record["dynamodb"]["Keys"]))


@required_env_vars({"USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM]})
@track_execution
def lambda_handler(event, context):
    records = event.get("Records", [])
    for record in records:
        try:
            process_record(record)
        except Exception:
            traceback.print_exc()
            continue
    return "Processed {} records.".format(len(records))
