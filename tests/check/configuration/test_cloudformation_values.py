"""CloudFormation's functions: two ways to write one thing come out as one text."""

import pytest

RESOURCES = """
provider:
  name: aws
  region: eu-west-1
resources:
  Parameters:
    Given: {Type: String, Default: given}
    Asked: {Type: String}
    Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /stored}
  Mappings: {Sizes: {dev: {size: small}}}
  Conditions:
    IsDev: !Equals ["${sls:stage}", dev]
    IsProd: !Not [!Condition IsDev]
    Unclear: !Equals [!Ref Asked, x]
    Cyclic: !Condition Cyclic
  Resources:
    Visits: {Type: AWS::DynamoDB::Table, Properties: {TableName: "visits-${sls:stage}"}}
    Unnamed: {Type: AWS::DynamoDB::Table}
    Loop: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Ref Loop}}
    Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
    News: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
    Files: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "files-${AWS::AccountId}"}}
    Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: a/b}}
    Key: {Type: AWS::KMS::Key}
    Setting: {Type: AWS::SSM::Parameter, Properties: {Name: /a/b}}
    Flow: {Type: AWS::StepFunctions::StateMachine, Properties: {StateMachineName: flow}}
    Other: {Type: Custom::Thing}
"""
ARN = "arn:aws:dynamodb:eu-west-1:<aws:accountId>:table/visits-dev"
CASES = [
    ("!Ref Visits", "visits-dev"),
    ("{Ref: Visits}", "visits-dev"),
    ("!GetAtt Visits.Arn", ARN),
    ("{'Fn::GetAtt': [Visits, Arn]}", ARN),
    ("!Sub '${Visits.Arn}'", ARN),
    ("!Sub arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/visits-${sls:stage}", ARN),
    ("!Sub arn:aws:dynamodb:${aws:region}:${aws:accountId}:table/${Visits}", ARN),
    ("!Join [':', [arn, aws, dynamodb, !Ref 'AWS::Region', !Ref 'AWS::AccountId', !Sub 'table/${Visits}']]", ARN),
    ("!Sub ['arn:${P}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${T}', {P: aws, T: !Ref Visits}]", ARN),
    ("!Sub '${Visits.Arn}/index/*'", f"{ARN}/index/*"),
    ("!GetAtt Visits.StreamArn", f"{ARN}/stream/<streamLabel:Visits>"),
    ("!Ref Unnamed", "<ref:Unnamed>"),
    ("!Ref Loop", "<ref:Loop>"),
    ("!GetAtt Unnamed.Arn", "arn:aws:dynamodb:eu-west-1:<aws:accountId>:table/<ref:Unnamed>"),
    ("!Ref Jobs", "https://sqs.eu-west-1.amazonaws.com/<aws:accountId>/jobs"),
    ("!GetAtt Jobs.QueueName", "jobs"),
    ("!GetAtt Jobs.Arn", "arn:aws:sqs:eu-west-1:<aws:accountId>:jobs"),
    ("!Ref News", "arn:aws:sns:eu-west-1:<aws:accountId>:news"),
    ("!GetAtt Files.Arn", "arn:aws:s3:::files-<aws:accountId>"),
    ("!Ref Secret", "arn:aws:secretsmanager:eu-west-1:<aws:accountId>:secret:a/b-??????"),
    ("!GetAtt Key.Arn", "arn:aws:kms:eu-west-1:<aws:accountId>:key/<ref:Key>"),
    ("!Sub 'arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter${Setting}'",
     "arn:aws:ssm:eu-west-1:<aws:accountId>:parameter/a/b"),
    ("!Ref Flow", "arn:aws:states:eu-west-1:<aws:accountId>:stateMachine:flow"),
    ("!GetAtt Other.Thing", "<getAtt:Other.Thing>"),
    ("!Ref Nobody", "<ref:Nobody>"),
    ("!Ref Given", "given"),
    ("!Ref Asked", "<parameter:Asked>"),
    ("!Ref Stored", "<ssm:/stored>"),
    ("!ImportValue 'dev-Table'", "<importValue:dev-Table>"),
    ("!ImportValue {'Fn::Sub': '${AWS::StackName}-Table'}", "<importValue:s-dev-Table>"),
    ("!FindInMap [Sizes, '${sls:stage}', size]", "small"),
    ("!FindInMap [Sizes, '${sls:stage}', nope]", "<findInMap:Sizes.dev.nope>"),
    ("!Select [1, [a, b]]", "b"),
    ("!Select [2, !Split ['/', 'a/b/c']]", "c"),
    ("!Select [4, !Split ['/', !Ref Jobs]]", "jobs"),
    ("!Select [0, !Split ['/', !ImportValue x]]", "<importValue:x>"),
    ("!If [IsDev, a, b]", "a"),
    ("!If [IsProd, a, b]", "b"),
    ("!If [Unclear, a, b]", "<if:Unclear:a:b>"),
    ("!If [Cyclic, a, b]", "<if:Cyclic:a:b>"),
    ("!If [IsProd, a, !If [IsDev, !Ref Visits, c]]", "visits-dev"),
    ("!Base64 abc", "<Fn::Base64:abc>"),
    ("!Sub 'a-${!Literal}-<b>'", "a-${Literal}-<b>"),
    ("!GetAtt FLambdaFunction.Arn", "arn:aws:lambda:eu-west-1:<aws:accountId>:function:s-dev-f"),
    ("!GetAtt FLogGroup.Arn", "arn:aws:logs:eu-west-1:<aws:accountId>:log-group:/aws/lambda/s-dev-f:*"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), CASES)
def test_values_of_cloudformation(folder, written, meant):
    text = f"service: s\n{RESOURCES}functions:\n  f:\n    handler: c.f\n    environment:\n      V: {written}\n"
    found = folder.read(text)
    assert found.troubles == ()
    function = found.functions["f"]
    assert str(function.environment["V"]) == meant
    assert function.computed == {"V"}


def test_a_stack_parameter_comes_before_the_default(folder):
    provider = "provider: {name: aws, stackParameters: [{ParameterKey: P, ParameterValue: set}]}\n"
    resources = "resources: {Parameters: {P: {Type: String, Default: default}}}\n"
    assert folder.environment("V: !Ref P", provider + resources) == {"V": "set"}


@pytest.mark.parametrize(
    ("region", "arn"),
    [("cn-north-1", "arn:aws-cn:sqs"), ("us-gov-west-1", "arn:aws-us-gov:sqs"), ("eu-west-1", "arn:aws:sqs")],
)
def test_partitions(folder, region, arn):
    rest = f"provider: {{name: aws, region: {region}}}\nresources: {{Resources: {{Q: {{Type: AWS::SQS::Queue}}}}}}\n"
    assert folder.environment("V: !GetAtt Q.Arn", rest)["V"].startswith(f"{arn}:{region}:")


def test_resources_of_lists_and_files_are_put_together(folder):
    folder.write("tables.yml", "Resources:\n  A: {Type: AWS::DynamoDB::Table, Properties: {TableName: a}}\n")
    found = folder.read(
        "service: s\nresources:\n  - ${file(tables.yml)}\n"
        "  - Resources: {A: {DeletionPolicy: Retain}, B: {Type: AWS::SQS::Queue}}\n"
        "  - Outputs: {Name: {Value: !Ref A, Export: {Name: '${sls:stage}-A'}}}\n"
    )
    assert [(each.logical_id, each.kind, each.place.path) for each in found.resources.values()] == [
        ("A", "AWS::DynamoDB::Table", "service/tables.yml"),
        ("B", "AWS::SQS::Queue", "service/serverless.yml"),
    ]
    assert found.exports == {"dev-A": "A"}
    assert found.files == ("service/serverless.yml", "service/tables.yml")


def test_properties_have_neither_conditions_nor_what_is_no_value(folder):
    found = folder.read(
        "service: s\nresources:\n  Conditions: {Yes: !Equals [a, a]}\n  Resources:\n    T:\n"
        "      Type: AWS::DynamoDB::Table\n"
        "      Properties:\n        SSESpecification: !If [Yes, {SSEEnabled: true}, !Ref AWS::NoValue]\n"
        "        Tags: [!If [Yes, a, b], !Ref AWS::NoValue]\n        TableClass: !Ref AWS::NoValue\n"
    )
    properties = found.resources["T"].properties
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert [str(tag) for tag in properties["Tags"]] == ["a"]
    assert "TableClass" not in properties
