import json
import os

import boto3


def client(name):
    return boto3.client(name)


def handler(event, context):
    sfn = client("stepfunctions")
    execution = sfn.start_execution(stateMachineArn=os.environ["STATE_MACHINE"], input=json.dumps(event))  # aws: states:StartExecution STATE_MACHINE
    kinesis = client("kinesis")
    kinesis.put_record(StreamName=os.environ["CLICK_STREAM"], Data=b"{}", PartitionKey="1")  # aws: kinesis:PutRecord CLICK_STREAM
    firehose = client("firehose")
    firehose.put_record_batch(DeliveryStreamName=os.environ["DELIVERY_STREAM"], Records=[])  # aws: firehose:PutRecordBatch DELIVERY_STREAM
    cloudwatch = client("cloudwatch")
    cloudwatch.put_metric_data(Namespace=os.environ["NAMESPACE"], MetricData=[])  # aws: cloudwatch:PutMetricData -
    client("sts").get_caller_identity()  # aws: sts:GetCallerIdentity -
    client("athena").start_query_execution(QueryString="SELECT 1", WorkGroup=os.environ["WORK_GROUP"])  # aws: athena:StartQueryExecution WORK_GROUP
    return execution["executionArn"]
