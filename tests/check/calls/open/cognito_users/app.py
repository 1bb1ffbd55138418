import os

import boto3
from botocore.exceptions import ClientError

cognito = boto3.client("cognito-idp")


class Users:
    pool = os.environ["USER_POOL_ID"]

    @classmethod
    def exists(cls, name):
        try:
            cognito.admin_get_user(UserPoolId=cls.pool, Username=name)  # aws: cognito-idp:AdminGetUser USER_POOL_ID
        except ClientError as error:
            if error.response["Error"]["Code"] == "UserNotFoundException":
                return False
            raise
        return True

    @staticmethod
    def create(name):
        cognito.admin_create_user(UserPoolId=Users.pool, Username=name)  # aws: cognito-idp:AdminCreateUser USER_POOL_ID

    @property
    def all(self):
        for page in cognito.get_paginator("list_users").paginate(UserPoolId=self.pool):  # aws: cognito-idp:ListUsers USER_POOL_ID
            yield from page["Users"]


def handler(event, context):
    if not Users.exists(event["name"]):
        Users.create(event["name"])
    cognito.admin_update_user_attributes(UserPoolId=Users.pool, Username=event["name"], UserAttributes=[])  # aws: cognito-idp:AdminUpdateUserAttributes USER_POOL_ID
    return [user for user in Users().all]
