"""Functions, their triggers, their roles, and what osls adds to these."""

import json
import subprocess
from pathlib import Path

import pytest

from pycommon_cli.analysis.serverless import read_configuration

CHECKOUT = Path(__file__).parents[3]
OSLS = CHECKOUT / "node_modules" / ".bin" / "osls"
SERVICES = [path.parent.name for path in sorted(CHECKOUT.glob("amplify-*/serverless.yml"))]


def grants(function):
    return [
        (grant.sid, grant.effect, grant.actions, tuple(map(str, grant.resources)), grant.conditions)
        for grant in function.grants
        if not grant.by_framework
    ]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("stage", ["local", "dev", "prod"])
def test_the_services_of_this_repository_are_read_without_trouble(service, stage):
    found = read_configuration(CHECKOUT / service, CHECKOUT, stage)
    assert found.troubles == ()
    assert found.secrets == ()
    assert found.functions
    for function in found.functions.values():
        assert function.handler
        assert function.unread_policies == ()
        assert not any("unresolved" in str(value) for value in function.environment.values())


def test_a_function_and_its_places(folder):
    found = folder.read(
        "service: files\n"
        "provider:\n  name: aws\n  environment:\n    TABLE: files\n    LEVEL: INFO\n    EMPTY: ''\n"
        "functions:\n  get_file:\n    handler: files/core.get_file\n    environment:\n      LEVEL: DEBUG\n"
        "  - not a function\n".replace("  - not a function\n", "  bad: text\n")
    )
    function = found.functions["get_file"]
    assert (function.name, function.handler, str(function.deployed_name)) == (
        "get_file",
        "files/core.get_file",
        "files-dev-get_file",
    )
    assert {name: str(value) for name, value in function.environment.items()} == {"TABLE": "files", "LEVEL": "DEBUG"}
    assert {name: place.line for name, place in function.environment_places.items()} == {"TABLE": 5, "LEVEL": 12}
    assert (function.place.line, function.handler_place.line) == (9, 10)
    assert [(trouble.place.line, trouble.message) for trouble in found.troubles] == [
        (13, "The function bad is not a mapping")
    ]


EVENTS = [
    ("http: {path: 'files/{id}', method: get}", ("http", "/files/{id}", "GET", None)),
    ("http: GET files", ("http", "/files", "GET", None)),
    ("httpApi: {path: /files, method: post}", ("httpApi", "/files", "POST", None)),
    ("httpApi: '*'", ("httpApi", "*", "*", None)),
    ("sqs: arn:aws:sqs:us-east-1:1:jobs", ("sqs", None, None, "arn:aws:sqs:us-east-1:1:jobs")),
    ("sqs: {arn: !GetAtt Jobs.Arn}", ("sqs", None, None, "arn:aws:sqs:us-east-1:<aws:accountId>:jobs")),
    ("sqs: {arn: !ImportValue jobs}", ("sqs", None, None, "<importValue:jobs>")),
    ("stream: {type: dynamodb, arn: !Ref Jobs}",
     ("stream", None, None, "https://sqs.us-east-1.amazonaws.com/<aws:accountId>/jobs")),
    ("s3: uploads", ("s3", None, None, "uploads")),
    ("s3: {bucket: uploads, event: 's3:ObjectCreated:*'}", ("s3", None, None, "uploads")),
    ("schedule: rate(1 day)", ("schedule", None, None, "rate(1 day)")),
    ("schedule: {rate: [rate(1 day)]}", ("schedule", None, None, None)),
    ("sns: {topicName: news}", ("sns", None, None, "news")),
    ("eventBridge: {eventBus: bus}", ("eventBridge", None, None, "bus")),
    ("websocket: $connect", ("websocket", None, None, "$connect")),
    ("cloudwatchLog: /aws/x", ("cloudwatchLog", None, None, "/aws/x")),
    ("iot: {sql: SELECT 1}", ("iot", None, None, "SELECT 1")),
    ("alb: {listenerArn: x, priority: 1}", ("alb", None, None, "x")),
    ("cognitoUserPool: {pool: users, trigger: PreSignUp}", ("cognitoUserPool", None, None, "users")),
    ("kafka: {topic: t, bootstrapServers: [a]}", ("kafka", None, None, "t")),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), EVENTS)
def test_events(folder, written, meant):
    found = folder.read(
        "service: s\nresources: {Resources: {Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}}}\n"
        f"functions:\n  f:\n    handler: c.f\n    url: true\n    events:\n      - {written}\n"
    )
    assert found.troubles == ()
    event, url = found.functions["f"].events
    assert (event.kind, event.path, event.method, event.source and str(event.source)) == meant
    assert event.place.line == 8
    assert url.kind == "url"


POLICY = "PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*'}]}"
MANAGED = f"P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{{POLICY}}}}}"
READ = ("", "Allow", ("s3:GetObject",), ("arn:aws:s3:::b/*",), ())
SCAN = ("", "Allow", ("dynamodb:Scan",), ("*",), ())
STATEMENT = "{Effect: Allow, Action: 'dynamodb:Scan', Resource: '*'}"
SHARED = f"provider: {{iam: {{role: {{statements: [{STATEMENT}]}}}}}}"
ATTACHED = f"provider: {{iam: {{role: {{managedPolicies: [!Ref P]}}}}}}\nresources: {{Resources: {{{MANAGED}}}}}"
INLINE = f"Policies: [{{PolicyName: p, PolicyDocument: {{Statement: {STATEMENT}}}}}]"
OWN_ROLE = f"R: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [!Ref P], {INLINE}}}}}"
NAMING = f"P: {{Type: AWS::IAM::Policy, Properties: {{Roles: [!Ref R], {POLICY}}}}}"
PLUGIN = f"plugins: [serverless-iam-roles-per-function]\n{SHARED}"
OF_PLUGIN = "iamRoleStatements: [{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*'}]"
DEFAULT = "IamRoleLambdaExecution"
ROLES = [
    (SHARED, "", DEFAULT, [SCAN]),
    (f"provider: {{iamRoleStatements: [{STATEMENT}]}}", "", DEFAULT, [SCAN]),
    (ATTACHED, "", DEFAULT, [READ]),
    (f"resources: {{Resources: {{{OWN_ROLE}, {MANAGED}}}}}", "role: R", "R", [SCAN, READ]),
    (f"resources: {{Resources: {{R: {{Type: AWS::IAM::Role}}, {NAMING}}}}}", "role: !GetAtt R.Arn", "R", [READ]),
    (PLUGIN, OF_PLUGIN, "f role", [READ]),
    (PLUGIN, f"iamRoleStatementsInherit: true\n    {OF_PLUGIN}", "f role", [READ, SCAN]),
]


@pytest.mark.parametrize(("rest", "own", "role", "expected"), ROLES)
def test_roles(folder, rest, own, role, expected):
    found = folder.read(f"service: s\n{rest}\nfunctions:\n  f:\n    handler: c.f\n    {own}\n")
    assert found.troubles == ()
    function = found.functions["f"]
    assert (function.role, grants(function)) == (role, expected)
    assert function.own_role is (role != "IamRoleLambdaExecution")


@pytest.mark.parametrize(
    ("rest", "own", "unread"),
    [
        ("", "role: arn:aws:iam::1:role/x", ["arn:aws:iam::1:role/x"]),
        ("provider: {iam: {role: 'arn:aws:iam::1:role/x'}}", "", ["arn:aws:iam::1:role/x"]),
        ("provider: {iam: {role: {'Fn::ImportValue': x}}}", "", ["<importValue:x>"]),
        ("provider: {iam: {role: {managedPolicies: ['arn:aws:iam::1:policy/p']}}}", "", ["arn:aws:iam::1:policy/p"]),
        ("provider: {iam: {role: {managedPolicies: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess']}}}", "", []),
    ],
)
def test_what_no_file_tells_of_is_told(folder, rest, own, unread):
    found = folder.read(f"service: s\n{rest}\nfunctions:\n  f:\n    handler: c.f\n    {own}\n")
    assert list(map(str, found.functions["f"].unread_policies)) == unread


def test_statements_in_every_form(folder):
    found = folder.read(
        "service: s\nprovider:\n  name: aws\n  iam:\n    role:\n      permissionsBoundary: arn:aws:iam::1:policy/b\n"
        "      statements:\n"
        "        - {Sid: One, Effect: Deny, NotAction: ['s3:*', sqs:SendMessage], NotResource: a}\n"
        "        - Effect: Allow\n          Action:\n            - dynamodb:GetItem\n            - dynamodb:Query\n"
        "          Resource: [!Sub 'arn:${AWS::Partition}:dynamodb:*:*:table/x']\n"
        "          Condition: {StringEquals: {'aws:PrincipalTag/a': b}, Bool: {'aws:SecureTransport': true}}\n"
        "functions: {f: {handler: c.f}}\n"
    )
    function = found.functions["f"]
    first, second = [grant for grant in function.grants if not grant.by_framework]
    assert (first.effect, first.negated, first.negated_resources, first.sid) == ("Deny", True, True, "One")
    assert second.conditions == ("aws:PrincipalTag/a", "aws:SecureTransport")
    assert [place.line for place in second.action_places] == [11, 12]
    assert [place.line for place in second.resource_places] == [13]
    assert second.place.line == 9
    assert str(function.boundary) == "arn:aws:iam::1:policy/b"


def test_statements_under_conditions(folder):
    found = folder.read(
        "service: s\nresources:\n  Parameters: {P: {Type: String}}\n"
        "  Conditions: {Yes: !Equals [a, a], No: !Equals [a, b], Unclear: !Equals [!Ref P, x]}\n"
        "provider:\n  iam:\n    role:\n      statements:\n"
        "        - !If [Yes, {Effect: Allow, Action: a:Yes, Resource: '*'}, !Ref AWS::NoValue]\n"
        "        - !If [No, {Effect: Allow, Action: a:No, Resource: '*'}, !Ref AWS::NoValue]\n"
        "        - !If [Unclear, {Effect: Allow, Action: a:Maybe, Resource: '*'}, !Ref AWS::NoValue]\n"
        "functions: {f: {handler: c.f}}\n"
    )
    assert [actions for _, _, actions, _, _ in grants(found.functions["f"])] == [("a:Yes",), ("a:Maybe",)]


TRIGGERED = """
service: triggered
frameworkVersion: "*"
configValidationMode: off
provider:
  name: aws
  runtime: python3.12
  region: eu-west-1
  tracing: {lambda: true}
  kmsKeyArn: arn:aws:kms:eu-west-1:123456789012:key/k
package: {artifact: empty.zip}
functions:
  queue:
    handler: c.f
    events:
      - sqs: arn:aws:sqs:eu-west-1:123456789012:jobs
      - sqs: {arn: !GetAtt Jobs.Arn}
  named:
    handler: c.f
    name: a-name-of-its-own
    onError: arn:aws:sns:eu-west-1:123456789012:failed
    events:
      - stream: {type: dynamodb, arn: !GetAtt Visits.StreamArn,
                 destinations: {onFailure: {type: sqs, arn: !GetAtt Jobs.Arn}}}
      - stream: arn:aws:kinesis:eu-west-1:123456789012:stream/s
      - stream: {arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1",
                 destinations: {onFailure: "arn:aws:sns:eu-west-1:123456789012:n"}}
  socket:
    handler: c.f
    destinations: {onSuccess: {type: sqs, arn: !GetAtt Jobs.Arn}, onFailure: "arn:aws:sns:eu-west-1:123456789012:n"}
    events:
      - websocket: $connect
  cluster:
    handler: c.f
    events:
      - msk: {arn: "arn:aws:kafka:eu-west-1:123456789012:cluster/c/1", topic: t}
      - activemq: {arn: "arn:aws:mq:eu-west-1:123456789012:broker:b:1", queue: q,
                   basicAuthArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s"}
      - kafka: {topic: t, bootstrapServers: [a], accessConfigurations:
                {saslScram256Auth: ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:k"]}}
resources:
  Resources:
    Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
    Visits: {Type: AWS::DynamoDB::Table, Properties: {TableName: visits}}
"""


@pytest.mark.node
@pytest.mark.skipif(not OSLS.exists(), reason="osls is not installed")
def test_what_osls_adds_is_what_osls_packages(folder):
    ours = folder.read(TRIGGERED).functions["queue"].grants
    (folder.path / "empty.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    subprocess.run([OSLS, "package", "--stage", "dev"], cwd=folder.path, capture_output=True, check=True)
    packaged = json.loads((folder.path / ".serverless" / "cloudformation-template-update-stack.json").read_text())
    (folder.root / "packaged").mkdir()
    (folder.root / "packaged" / "serverless.yml").write_text(
        "service: triggered\nprovider: {name: aws, region: eu-west-1}\nresources: "
        + json.dumps({"Resources": packaged["Resources"]})
        + "\nfunctions: {f: {handler: c.f, role: IamRole}}\n".replace("IamRole", "TheRole")
    )
    text = (folder.root / "packaged" / "serverless.yml").read_text().replace("IamRoleLambdaExecution", "TheRole")
    (folder.root / "packaged" / "serverless.yml").write_text(text)
    theirs = read_configuration(folder.root / "packaged", folder.root, "dev").functions["f"].grants
    assert pairs(ours) == pairs(theirs)


def pairs(grants):
    return sorted(
        {(action, str(resource)) for grant in grants for action in grant.actions for resource in grant.resources}
    )
