from service import Notifier, settings
import boto3


def handler(event, context):
    ssm = boto3.client("ssm")
    ssm.get_parameter(Name=settings.flag_parameter, WithDecryption=True)  # aws: ssm:GetParameter FLAG_PARAMETER
    ssm.get_parameters(Names=[settings.flag_parameter, settings.limit_parameter])  # aws: ssm:GetParameters FLAG_PARAMETER; ssm:GetParameters LIMIT_PARAMETER
    Notifier(settings.events_bus).send("started")
