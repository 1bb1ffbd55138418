import os

import boto3
from pycommon.api.ops import api_tool
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars


@required_env_vars({"WORKFLOW_TEMPLATES_TABLE": [DynamoDBOperation.PUT_ITEM]})
@api_tool(
    path="/vu-agent/create-workflow",
    name="createWorkflow",
    description="Create a workflow.",
    parameters={"type": "object", "properties": {"workflowName": {"type": "string"}}, "required": ["workflowName"]},
)
def create_workflow(current_user, workflow_name):
    table = boto3.resource("dynamodb").Table(os.environ["WORKFLOW_TEMPLATES_TABLE"])
    table.put_item(Item={"owner": current_user, "name": workflow_name})
    return {"success": True}
