"""The least policy: its resources, its limits, and that it grants exactly what is needed."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pycommon_cli.analysis.python import read_code
from pycommon_cli.analysis.serverless import read_configuration
from pycommon_cli.iam.policy.grant_matching import decide_for
from pycommon_cli.iam.policy.iam_needs import function_needs
from pycommon_cli.iam.policy.policy_differences import DifferenceKind, differences, roles_of
from pycommon_cli.iam.policy.policy_generation import for_functions, for_service, needs_of_role
from pycommon_cli.iam.policy.policy_rendering import as_json, as_serverless, as_template
from pycommon_cli.iam.policy.policy_sizes import INLINE_LIMIT, MANAGED_LIMIT, divided, size
from pycommon_cli.iam.policy.policy_statements import sid_of

CHECKOUT = Path(__file__).parents[3]
SERVICES = [path.parent.name for path in sorted(CHECKOUT.glob("amplify-*/serverless.yml"))]
OWN = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
ENV = "${self:provider.environment.%s}"


def resources_of(found, sid):
    [statement] = [statement for statement in found.statements if statement.sid == sid]
    return statement.document()["Resource"]


def sub(service, resource):
    return {"Fn::Sub": OWN % (service, resource)}


TABLE = "resources: {Resources: {T: {Type: AWS::DynamoDB::Table%s}}}"
NAMED = ", Properties: {TableName: '${self:service}-t'}"
INDEXED = ", Properties: {TableName: '${self:service}-t', GlobalSecondaryIndexes: [{IndexName: i}]}"
CASES = [
    # declared, environment, resources, the Sid, what it is on
    ('"A": [DynamoDBOperation.GET_ITEM]', "A: !Ref T", TABLE % "", "A", {"Fn::GetAtt": ["T", "Arn"]}),
    ('"A": [DynamoDBOperation.GET_ITEM]', "A: ${self:service}-t", TABLE % NAMED, "A", {"Fn::GetAtt": ["T", "Arn"]}),
    ('"A": [DynamoDBOperation.GET_ITEM]', "A: !GetAtt T.Arn", TABLE % NAMED, "A", {"Fn::GetAtt": ["T", "Arn"]}),
    ('"A": [DynamoDBOperation.GET_ITEM]', "A: ${ssm:/t}", "", "A", sub("dynamodb", "table/" + ENV % "A")),
    ('"A": [DynamoDBOperation.QUERY]', "A: ${self:service}-t", TABLE % NAMED, "A", {"Fn::GetAtt": ["T", "Arn"]}),
    ('"A": [DynamoDBOperation.QUERY]', "A: ${self:service}-t", TABLE % INDEXED, "AAndIndex",
     [{"Fn::GetAtt": ["T", "Arn"]}, {"Fn::Sub": "${T.Arn}/index/*"}]),
    ('"A": [DynamoDBOperation.QUERY]', "A: ${ssm:/t}", "", "AAndIndex",
     [sub("dynamodb", "table/" + ENV % "A"), sub("dynamodb", "table/" + ENV % "A" + "/index/*")]),
    ('"A": [DynamoDBOperation.GET_ITEM]', "A: !ImportValue t", "", "A",
     {"Fn::Sub": [OWN % ("dynamodb", "table/${Name}"), {"Name": ENV % "A"}]}),
    ('"A": [S3Operation.GET_OBJECT]', "A: files-${sls:stage}", "", "AObjects",
     {"Fn::Sub": "arn:${AWS::Partition}:s3:::" + ENV % "A" + "/*"}),
    ('"A": [S3Operation.LIST_BUCKET]', "A: files-${sls:stage}", "", "ABucket",
     {"Fn::Sub": "arn:${AWS::Partition}:s3:::" + ENV % "A"}),
    ('"A": [S3Operation.GET_OBJECT]', "A: !Ref B", "resources: {Resources: {B: {Type: AWS::S3::Bucket}}}", "AObjects",
     {"Fn::Sub": "${B.Arn}/*"}),
    ('"A": [SQSOperation.SEND_MESSAGE]', "A: !Ref Q", "resources: {Resources: {Q: {Type: AWS::SQS::Queue}}}", "A",
     {"Fn::GetAtt": ["Q", "Arn"]}),
    ('"A_URL": [SQSOperation.SEND_MESSAGE]', "A_URL: ${ssm:/q}", "", "AUrl",
     {"Fn::Sub": [OWN % ("sqs", "${Queue}"), {"Queue": {"Fn::Select": [4, {"Fn::Split": ["/", ENV % "A_URL"]}]}}]}),
    ('"A": [SNSOperation.PUBLISH]', "A: !Ref N", "resources: {Resources: {N: {Type: AWS::SNS::Topic}}}", "A",
     {"Ref": "N"}),
    ('"A": [SNSOperation.PUBLISH]', "A: arn:aws:sns:eu-west-1:123456789012:news", "", "A", ENV % "A"),
    ('"A": [SecretsManagerOperation.GET_SECRET_VALUE]', "A: a/b", "", "A",
     sub("secretsmanager", "secret:" + ENV % "A" + "-??????")),
    ('"A": [SSMOperation.GET_PARAMETER]', "A: /a/b", "", "A", sub("ssm", "parameter" + ENV % "A")),
    ('"A": [SSMOperation.GET_PARAMETER]', "A: plain", "", "A", sub("ssm", "parameter/" + ENV % "A")),
    ('"A": [LambdaOperation.INVOKE_FUNCTION]', "A: s-dev-g", "", "A", sub("lambda", "function:" + ENV % "A")),
    ('"A": [LogsOperation.PUT_LOG_EVENTS]', "A: /x", "", "AStreams",
     sub("logs", "log-group:" + ENV % "A" + ":log-stream:*")),
    ('"A": [BedrockOperation.CONVERSE]', "A: anthropic.claude-v1", "", "A",
     {"Fn::Sub": "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/" + ENV % "A"}),
    ('"A": [BedrockOperation.CONVERSE]', "A: eu.anthropic.claude-v1", "", "A",
     [sub("bedrock", "inference-profile/" + ENV % "A"),
      {"Fn::Sub": "arn:${AWS::Partition}:bedrock:*::foundation-model/anthropic.claude-v1"}]),
    ('"A": [SQSOperation.LIST_QUEUES]', "A: anything", "", "A", "*"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "environment", "resources", "sid", "expected"), CASES)
def test_each_resource_is_named_as_narrowly_as_it_is_known(service, declared, environment, resources, sid, expected):
    code, found = service.declaring(declared, environment, resources)
    generated = needs_of_role(list(found.functions.values()), code, found)
    assert resources_of(generated, sid) == expected
    assert [statement.sid for statement in generated.statements] == sorted([sid, "EnvVarsTrackingTable"])
    assert generated.notes == []


def test_an_environment_of_the_function_itself(service):
    code, found = service.read(
        "service: s\nfunctions:\n  f:\n    handler: core.f\n    environment: {A: a}\n",
        '@required_env_vars({"A": [DynamoDBOperation.GET_ITEM]})\ndef f(event, context): ...\n',
    )
    generated = needs_of_role(list(found.functions.values()), code, found)
    assert resources_of(generated, "A") == sub("dynamodb", "table/${self:functions.f.environment.A}")


def test_calls_tell_which_index(service):
    body = 'boto3.client("dynamodb").query(TableName=os.environ["A"], IndexName="by-user", KeyConditionExpression="x")'
    code, found = service.declaring('"A": [DynamoDBOperation.QUERY]', "A: a", body=body)
    generated = needs_of_role(list(found.functions.values()), code, found)
    assert resources_of(generated, "AIndex") == sub("dynamodb", "table/" + ENV % "A" + "/index/by-user")


def test_variables_that_are_not_set_are_parameters(service):
    code, found = service.declaring(
        '"NOT_SET": [], "A": [DynamoDBOperation.GET_ITEM]', "STAGE: ${sls:stage}\nSERVICE_NAME: ${self:service}"
    )
    generated = needs_of_role(list(found.functions.values()), code, found)
    path = "parameter/amplify/${self:provider.environment.STAGE}/${self:provider.environment.SERVICE_NAME}/"
    assert resources_of(generated, "OwnParameters") == [sub("ssm", f"{path}A"), sub("ssm", f"{path}NOT_SET")]
    assert [note.message for note in generated.notes] == [
        "dynamodb:GetItem on A is left out: A is not set in serverless.yml, so its resource is unknown"
    ]


KEY = """
resources:
  Resources:
    K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [%s]}}}
    T: {Type: AWS::DynamoDB::Table, Properties: {SSESpecification: {KMSMasterKeyId: !GetAtt K.Arn}}}
"""
ADMIN = "{Effect: Allow, Principal: {AWS: 'arn:aws:iam::1:root'}, Action: 'kms:*', Resource: '*'}"
ALL = "{Effect: Allow, Principal: {AWS: '*'}, Action: [kms:Decrypt], Resource: '*'}"


@pytest.mark.parametrize(
    ("policy", "sids"),
    [(ADMIN, ["A", "EnvVarsTrackingTable", "KThroughDynamodb"]), (ALL, ["A", "EnvVarsTrackingTable"])],
)
def test_a_key_whose_policy_lets_nobody_in_is_granted(service, policy, sids):
    code, found = service.declaring('"A": [DynamoDBOperation.GET_ITEM]', "A: !Ref T", KEY % policy)
    generated = needs_of_role(list(found.functions.values()), code, found)
    assert [statement.sid for statement in generated.statements] == sids
    if policy == ADMIN:
        [statement] = [each for each in generated.statements if each.sid.startswith("K")]
        assert statement.document() == {
            "Sid": "KThroughDynamodb",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": {"Fn::GetAtt": ["K", "Arn"]},
            "Condition": {"StringEquals": {"kms:ViaService": ["dynamodb.${self:provider.region}.amazonaws.com"]}},
        }


def test_the_key_of_another_stack_is_a_note_unless_that_is_known(service, tmp_path):
    resources = (
        "resources:\n  Resources:\n    T: {Type: AWS::DynamoDB::Table, Properties: "
        "{SSESpecification: {KMSMasterKeyId: !ImportValue key}}}\n"
    )
    code, found = service.declaring('"A": [DynamoDBOperation.GET_ITEM]', "A: !Ref T", resources)
    [note] = for_service(code, found).notes
    assert "its policy must let this role use it" in note.message
    (tmp_path / "other").mkdir()
    outputs = "  Outputs: {Key: {Value: !GetAtt K.Arn, Export: {Name: key}}}\n"
    (tmp_path / "other" / "serverless.yml").write_text("service: o\n" + (KEY % ALL).lstrip() + outputs)
    assert for_service(code, found, [read_configuration(tmp_path / "other", tmp_path, "dev")]).notes == []


# Limits


def many(service, count):
    declared = ", ".join(
        f'"VARIABLE_{n}": [DynamoDBOperation.GET_ITEM, DynamoDBOperation.PUT_ITEM]' for n in range(count)
    )
    return service.declaring(declared, "\n".join(f"VARIABLE_{n}: ${{ssm:/table/{n}}}" for n in range(count)))


def test_large_policies_are_divided(service):
    code, found = many(service, 60)
    generated = for_service(code, found)
    assert [policy.logical_id for policy in generated.policies] == ["ServicePolicy", "ServicePolicy2", "ServicePolicy3"]
    assert all(size(policy.statements) <= MANAGED_LIMIT for policy in generated.policies)
    assert sum(len(policy.statements) for policy in generated.policies) == 61
    assert "divided into ServicePolicy, ServicePolicy2, ServicePolicy3" in generated.notes[-1].message
    roles = for_functions(code, found)
    assert list(roles.resources) == ["FRolePolicy1", "FRolePolicy2", "FRolePolicy3", "FRole"]
    assert f"{INLINE_LIMIT:,} characters" in roles.notes[-1].message


def test_more_policies_than_a_role_may_have_are_told(service):
    code, found = many(service, 300)
    assert "give each function a role" in for_service(code, found).notes[-1].message


def test_a_statement_that_is_too_large_is_divided(service):
    code, found = service.declaring('"A": [DynamoDBOperation.GET_ITEM]', "A: a")
    [statement] = [each for each in for_service(code, found).policies[0].statements if each.sid == "A"]
    large = replace(statement, resources=statement.resources * 400)
    parts = divided([large])
    assert sum(len(part.resources) for policy in parts for part in policy) == 400
    assert all(size(policy) <= MANAGED_LIMIT for policy in parts)
    assert len({part.sid for policy in parts for part in policy}) == sum(map(len, parts))


# Roles


def test_a_role_has_logs_triggers_network_and_boundary(service):
    code, found = service.read(
        "service: s\nprovider:\n  name: aws\n  vpc: {securityGroupIds: [a], subnetIds: [b]}\n"
        "  iam: {role: {permissionsBoundary: 'arn:aws:iam::1:policy/b'}}\n"
        "functions:\n  f_1:\n    handler: core.f\n    events:\n      - sqs: {arn: !GetAtt Q.Arn}\n"
        "      - sqs: arn:aws:sqs:eu-west-1:123456789012:foreign\n      - sqs: {arn: !ImportValue queue}\n"
        "resources: {Resources: {Q: {Type: AWS::SQS::Queue}}}\n",
        "def f(event, context): ...\n",
    )
    generated = for_functions(code, found)
    assert generated.roles == {"f_1": "FUnderscore1Role"}
    properties = generated.resources["FUnderscore1Role"]["Properties"]
    assert properties["PermissionsBoundary"] == "${self:provider.iam.role.permissionsBoundary}"
    assert properties["ManagedPolicyArns"][0]["Fn::Sub"].endswith("AWSLambdaVPCAccessExecutionRole")
    statements = properties["Policies"][0]["PolicyDocument"]["Statement"]
    assert [each["Resource"] for each in statements] == [
        {"Fn::GetAtt": ["FUnderscore1LogGroup", "Arn"]},
        {"Fn::GetAtt": ["Q", "Arn"]},
        "${self:functions.f_1.events.1.sqs}",
        "${self:functions.f_1.events.2.sqs.arn}",
    ]
    assert statements[1]["Action"] == ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]


def test_forms(service):
    code, found = service.declaring('"A": [DynamoDBOperation.GET_ITEM]', "A: a")
    generated = for_service(code, found)
    assert "Resource: !Sub arn:${AWS::Partition}:dynamodb" in as_template(generated)
    assert as_serverless(generated).startswith("provider:\n  iam:\n    role:\n      statements:\n        - Sid: A\n")
    document = as_json(generated, found)["ServicePolicy"]["document"]
    assert document["Statement"][0]["Resource"] == "arn:aws:dynamodb:eu-west-1:<aws:accountId>:table/a"
    json.dumps(document)
    assert as_serverless(for_functions(code, found)).startswith("functions:\n  f:\n    role: FRole\nresources:\n")
    assert as_template(for_service(code, found)) == as_template(generated)
    assert sid_of("S3_RAG-INPUT.Bucket") == "S3RagInputBucket"


# The policy is what is needed: no less, no more


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """The services of this repository, under the policies that are generated for them."""
    root = tmp_path_factory.mktemp("repository")
    for name in SERVICES:
        shutil.copytree(CHECKOUT / name, root / name, ignore=shutil.ignore_patterns(".serverless", "node_modules"))
    shutil.copytree(CHECKOUT / "var", root / "var")
    for name in SERVICES:
        code, configuration = read(root, name)
        (root / name / "generated.yml").write_text(as_serverless(for_service(code, configuration)))
        text = (root / name / "serverless.yml").read_text()
        start = text.index("    role:\n      managedPolicies:\n")
        end = text.index("\n", text.index("!Ref", start))
        statements = "    role:\n      statements: ${file(generated.yml):provider.iam.role.statements}"
        (root / name / "serverless.yml").write_text(text[:start] + statements + text[end:])
    return root


def read(root, name):
    configuration = read_configuration(root / name, root, "dev")
    assert configuration.troubles == ()
    return read_code(root / name, root, {each.handler for each in configuration.functions.values()}), configuration


@pytest.mark.parametrize("name", SERVICES)
def test_under_the_generated_policy_nothing_differs(repository, name):
    code, configuration = read(repository, name)
    for role in roles_of(configuration, per_function=False):
        assert differences(role, code, configuration) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVICES)
def test_no_action_of_the_generated_policy_can_be_taken_away(repository, name):
    code, configuration = read(repository, name)
    [role] = roles_of(configuration, per_function=False)
    own = [grant for grant in role.grants if not grant.by_framework]
    for grant in own:
        for action in grant.actions:
            left = replace(grant, actions=tuple(each for each in grant.actions if each != action))
            others = tuple(each for each in own if each is not grant)  # without what osls adds for a trigger
            functions = [replace(each, grants=(*others, left)) for each in role.functions]
            lacking = [
                need
                for function in functions
                for need in function_needs(function, code, configuration)
                if not decide_for(function, need.action, need.variable, need.part).granted
            ]
            assert action in {need.action for need in lacking}, (grant.sid, action)


# Differences


MISSING, UNNEEDED = DifferenceKind.MISSING, DifferenceKind.UNNEEDED
GRANTED = [
    ("Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:*:*:table/a'", []),
    ("Action: ['dynamodb:GetItem', 'dynamodb:Scan'], Resource: 'arn:aws:dynamodb:*:*:table/a'", [UNNEEDED]),
    ("Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:*:*:table/b'", [MISSING, UNNEEDED]),
    ("Action: 'dynamodb:*', Resource: 'arn:aws:dynamodb:*:*:table/a'", [DifferenceKind.WIDER]),
    ("Action: 'dynamodb:GetItem', Resource: '*'", [DifferenceKind.WIDER]),
    ("Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:*:*:table/*'", [DifferenceKind.WIDER]),
    ("NotAction: 's3:*', Resource: 'arn:aws:dynamodb:*:*:table/a'", [DifferenceKind.WIDER]),
    ("Action: 'dynamodb:GetItem', Resource: ['arn:aws:dynamodb:*:*:table/a', 'arn:aws:dynamodb:*:*:table/a/index/*']",
     []),
    ("Action: 'dynamodb:GetItem', Resource: 'arn:aws:dynamodb:*:*:table/a', Condition: {Bool: {'aws:Secure': true}}",
     [DifferenceKind.CONDITION]),
    ("Action: 'dynamodb:GetItem', Resource: !ImportValue arn", [DifferenceKind.UNKNOWN, DifferenceKind.UNNEEDED]),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "kinds"), GRANTED)
def test_differences(service, statement, kinds):
    record = "{Effect: Allow, Action: 'dynamodb:UpdateItem', Resource: 'arn:aws:dynamodb:*:*:table/record'}"
    more = f"  iam: {{role: {{statements: [{record}, {{Effect: Allow, {statement}}}]}}}}\n"
    code, found = service.declaring('"A": [DynamoDBOperation.GET_ITEM]', "A: a", more=more)
    [role] = roles_of(found, per_function=False)
    assert [each.kind for each in differences(role, code, found)] == kinds


def test_a_deny_is_told_with_its_place(service):
    more = (
        "  iam:\n    role:\n      statements:\n"
        "        - {Effect: Allow, Action: 'dynamodb:*', Resource: '*'}\n"
        "        - {Effect: Deny, Action: 'dynamodb:GetItem', Resource: '*'}\n"
    )
    code, found = service.declaring('"A": [DynamoDBOperation.GET_ITEM]', "A: a", more=more)
    [role] = roles_of(found, per_function=False)
    missing = [each for each in differences(role, code, found) if each.kind is DifferenceKind.MISSING]
    assert [each.why for each in missing] == [
        "f needs it (@required_env_vars), and service/serverless.yml:12 denies it"
    ]


def test_each_function_by_itself_shows_what_it_shares(service):
    code, found = service.read(
        "service: s\nprovider:\n  environment: {A: a, B: b, ENV_VARS_TRACKING_TABLE: record}\n"
        "  iam: {role: {statements: [{Effect: Allow, Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], "
        "Resource: 'arn:aws:dynamodb:*:*:table/*'}]}}\n"
        "functions: {f: {handler: core.f}, g: {handler: core.g}}\n",
        '@required_env_vars({"A": [DynamoDBOperation.GET_ITEM]})\ndef f(event, context): ...\n'
        '@required_env_vars({"B": [DynamoDBOperation.UPDATE_ITEM]})\ndef g(event, context): ...\n',
    )
    assert [[each.name for each in role.functions] for role in roles_of(found, per_function=False)] == [["f", "g"]]
    by_function = roles_of(found, per_function=True)
    assert [[each.name for each in role.functions] for role in by_function] == [["f"], ["g"]]
    assert {each.kind for each in differences(by_function[0], code, found)} == {DifferenceKind.WIDER}
