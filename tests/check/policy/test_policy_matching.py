"""Grants are evaluated as IAM's rules say, compared with a plain implementation of these rules."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon_cli.analysis.facts import Grant, LambdaFunction, Place, Text
from pycommon_cli.analysis.serverless.iam_wildcards import action_matches, covers, overlaps
from pycommon_cli.analysis.serverless.symbolic_text import joined, literal
from pycommon_cli.iam.policy.arn_templates import arns_of, parsed, resource_name
from pycommon_cli.iam.policy.grant_matching import AccessDecision, decide, decide_for, decide_on

PLACE = Place("serverless.yml", 1)
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/visits"
LETTERS = st.text(alphabet="ab*?:/", max_size=8)
PLAIN = st.text(alphabet="ab:/", max_size=8)


def text(*parts):
    return joined(parts)


def regex(pattern):
    return re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern), re.DOTALL)


def grant(actions, resources, effect="Allow", **more):
    return Grant(effect, tuple(actions), tuple(map(literal, resources)), PLACE, **more)


@given(LETTERS, PLAIN)
def test_a_pattern_covers_what_it_matches(pattern, plain):
    assert covers(literal(pattern), literal(plain)) is bool(regex(pattern).fullmatch(plain))
    assert overlaps(literal(pattern), literal(plain)) is bool(regex(pattern).fullmatch(plain))


@given(LETTERS, LETTERS, st.lists(PLAIN, max_size=20))
def test_patterns_against_patterns(first, second, samples):
    one, other = literal(first), literal(second)
    both = [each for each in samples if regex(first).fullmatch(each) and regex(second).fullmatch(each)]
    assert overlaps(one, other) or not both
    assert overlaps(one, other) is overlaps(other, one)
    assert covers(one, one)
    if covers(one, other):
        assert all(regex(first).fullmatch(each) for each in samples if regex(second).fullmatch(each))


@given(LETTERS, LETTERS)
def test_overlapping_patterns_have_a_text_in_common(first, second):
    """Found by trying all short texts: patterns of these lengths that overlap do so on one of them."""
    longest = len(first.replace("*", "")) + len(second.replace("*", ""))
    found = any(regex(first).fullmatch(each) and regex(second).fullmatch(each) for each in _texts(min(longest, 5)))
    if longest <= 5:
        assert overlaps(literal(first), literal(second)) is found


def _texts(length):
    texts = [""]
    for _ in range(length):
        texts += [each + char for each in texts if len(each) == max(map(len, texts)) for char in "abx:/"]
    return texts


def test_symbols_are_letters_of_their_own():
    name = text("table/", "<ssm:/a>")
    assert covers(text("table/*"), name)
    assert covers(name, text("table/", "<ssm:/a>"))
    assert not covers(name, text("table/", "<ssm:/b>"))
    assert not covers(text("table/?"), name)
    assert overlaps(text("table/", "<ssm:/a>", "/*"), text("table/", "<ssm:/a>", "/index/x"))


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("*", "s3:GetObject", True),
        ("s3:*", "s3:GetObject", True),
        ("S3:get*", "s3:GetObject", True),
        ("s3:GetObject", "s3:GetObjectVersion", False),
        ("s3:Get?bject", "s3:GetObject", True),
        ("dynamodb:*Item", "dynamodb:BatchGetItem", True),
        ("dynamodb:*Item", "dynamodb:Query", False),
    ],
)
def test_actions(pattern, action, matches):
    assert action_matches(pattern, action) is matches


ACTIONS = st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:*", "s3:Get*", "*", "sqs:SendMessage"])
RESOURCES = st.sampled_from(
    ["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/b", "arn:aws:s3:::?/b", "arn:aws:s3:::*", "arn:aws:s3:::b/*"]
)
GRANTS = st.lists(
    st.builds(
        lambda effect, actions, resources, negated, unless: grant(
            actions, resources, effect, negated=negated, negated_resources=unless
        ),
        st.sampled_from(["Allow", "Deny"]),
        st.lists(ACTIONS, min_size=1, max_size=2),
        st.lists(RESOURCES, min_size=1, max_size=2),
        st.booleans(),
        st.booleans(),
    ),
    max_size=4,
)


@given(
    GRANTS, st.sampled_from(["s3:GetObject", "s3:PutObject"]), st.sampled_from(["arn:aws:s3:::a/b", "arn:aws:s3:::b/c"])
)
def test_a_decision_is_that_of_the_plain_rules(grants, action, resource):
    """The oracle: a statement applies where its action and its resource do; one Deny that applies decides."""

    def applies(statement):
        named = any(regex(each.lower()).fullmatch(action.lower()) for each in statement.actions)
        on = any(regex(str(each)).fullmatch(resource) for each in statement.resources)
        return named is not statement.negated and on is not statement.negated_resources

    applying = {statement.effect for statement in grants if applies(statement)}
    expected = (
        AccessDecision.DENIED
        if "Deny" in applying
        else AccessDecision.ALLOWED
        if applying
        else AccessDecision.NOT_GRANTED
    )
    assert decide_on(grants, action, [literal(resource)]).verdict is expected


@pytest.mark.parametrize(
    ("action", "resource", "value", "part", "verdict"),
    [
        ("dynamodb:GetItem", ARN, "visits", "", AccessDecision.ALLOWED),
        ("dynamodb:GetItem", ARN, ARN, "", AccessDecision.ALLOWED),
        ("dynamodb:GetItem", ARN.replace("visits", "other"), "visits", "", AccessDecision.NOT_GRANTED),
        ("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/visits", "visits", "", AccessDecision.ALLOWED),
        ("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/vis*", "visits", "", AccessDecision.ALLOWED),
        ("dynamodb:GetItem", "arn:aws:dynamodb:*", "visits", "", AccessDecision.ALLOWED),
        ("dynamodb:GetItem", "arn:aws:sqs:*:*:visits", "visits", "", AccessDecision.NOT_GRANTED),
        ("dynamodb:Query", ARN, "visits", "index", AccessDecision.NOT_GRANTED),
        ("dynamodb:Query", f"{ARN}/index/*", "visits", "index", AccessDecision.ALLOWED),
        ("dynamodb:Query", f"{ARN}/index/by-user", "visits", "by-user", AccessDecision.ALLOWED),
        ("dynamodb:Query", f"{ARN}/index/by-user", "visits", "by-day", AccessDecision.NOT_GRANTED),
        ("dynamodb:Query", f"{ARN}/index/*", "visits", "", AccessDecision.NOT_GRANTED),
        ("dynamodb:Query", f"{ARN}/index/*", "visits", "anywhere", AccessDecision.ALLOWED),
        ("dynamodb:Query", f"{ARN}*", "visits", "index", AccessDecision.ALLOWED),
        ("dynamodb:ListTables", ARN, "visits", "", AccessDecision.NOT_GRANTED),
        ("dynamodb:ListTables", "*", "visits", "", AccessDecision.ALLOWED),
        ("s3:GetObject", "arn:aws:s3:::files/*", "files", "", AccessDecision.ALLOWED),
        ("s3:GetObject", "arn:aws:s3:::files", "files", "", AccessDecision.NOT_GRANTED),
        ("s3:GetObject", "arn:aws:s3:::files/uploads/*", "files", "", AccessDecision.ALLOWED),
        ("s3:ListBucket", "arn:aws:s3:::files", "files", "", AccessDecision.ALLOWED),
        ("s3:ListBucket", "arn:aws:s3:::files/*", "files", "", AccessDecision.NOT_GRANTED),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:eu-west-1:1:jobs",
            "https://sqs.eu-west-1.amazonaws.com/1/jobs",
            "",
            AccessDecision.ALLOWED,
        ),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:a/b-*", "a/b", "", AccessDecision.ALLOWED),
        ("ssm:GetParameter", "arn:aws:ssm:eu-west-1:1:parameter/a/*", "/a/b", "", AccessDecision.ALLOWED),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:1:key/k", "k", "", AccessDecision.ALLOWED),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:1:alias/k", "alias/k", "", AccessDecision.ALLOWED),
        ("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/m", "m", "", AccessDecision.ALLOWED),
        ("textract:DetectDocumentText", "*", "anything", "", AccessDecision.ALLOWED),
        ("kinesis:PutRecord", "arn:aws:kinesis:eu-west-1:1:stream/s", "s", "", AccessDecision.ALLOWED),
        ("kinesis:PutRecord", "arn:aws:kinesis:eu-west-1:1:stream/t", "s", "", AccessDecision.NOT_GRANTED),
    ],
)
def test_a_variable_names_its_resource(action, resource, value, part, verdict):
    assert decide([grant([action], [resource])], action, literal(value), part).verdict is verdict


def test_symbols_account_and_region():
    value = text("<ssm:/visits>")
    own = Grant(
        "Allow",
        ("dynamodb:GetItem",),
        (text("arn:aws:dynamodb:eu-west-1:", "<aws:accountId>", ":table/", value),),
        PLACE,
    )
    assert decide([own], "dynamodb:GetItem", value).verdict is AccessDecision.ALLOWED
    assert decide([own], "dynamodb:GetItem", text("<ssm:/other>")).verdict is AccessDecision.NOT_GRANTED
    whole = Grant("Allow", ("dynamodb:GetItem",), (text("<importValue:TableArn>"),), PLACE)
    assert decide([whole], "dynamodb:GetItem", value).verdict is AccessDecision.UNKNOWN
    with_account = grant(["dynamodb:GetItem"], [ARN])
    arn = text("arn:aws:dynamodb:eu-west-1:", "<aws:accountId>", ":table/visits")
    assert decide([with_account], "dynamodb:GetItem", arn).verdict is AccessDecision.ALLOWED


def test_conditions_are_told():
    bound = grant(["dynamodb:GetItem"], [ARN], conditions=("aws:PrincipalTag/a",))
    found = decide([bound], "dynamodb:GetItem", literal("visits"))
    assert (found.verdict, found.conditions, found.granted) == (
        AccessDecision.CONDITIONAL,
        ("aws:PrincipalTag/a",),
        True,
    )
    free = grant(["dynamodb:*"], [ARN])
    assert decide([bound, free], "dynamodb:GetItem", literal("visits")).verdict is AccessDecision.ALLOWED
    denied = grant(["*"], ["*"], "Deny", conditions=("aws:SecureTransport",))
    assert decide([free, denied], "dynamodb:GetItem", literal("visits")).verdict is AccessDecision.CONDITIONAL
    assert (
        decide([free, grant(["*"], ["*"], "Deny")], "dynamodb:GetItem", literal("visits")).verdict
        is AccessDecision.DENIED
    )


def test_a_function_with_what_is_not_known():
    function = LambdaFunction(
        "f", "c.f", PLACE, {"TABLE": literal("visits")}, grants=(grant(["dynamodb:GetItem"], [ARN]),)
    )
    assert decide_for(function, "dynamodb:GetItem", "TABLE").verdict is AccessDecision.ALLOWED
    assert decide_for(function, "dynamodb:GetItem", "NOT_SET").verdict is AccessDecision.UNKNOWN
    assert decide_for(function, "dynamodb:Scan", "NOT_SET").verdict is AccessDecision.NOT_GRANTED
    unread = LambdaFunction(
        "f", "c.f", PLACE, {"TABLE": literal("visits")}, unread_policies=(literal("arn:aws:iam::1:policy/p"),)
    )
    assert decide_for(unread, "dynamodb:GetItem", "TABLE").verdict is AccessDecision.UNKNOWN


@given(
    st.text(max_size=30),
    st.sampled_from(["dynamodb:Query", "s3:GetObject", "sqs:SendMessage", "ssm:GetParameter", "x:Y"]),
)
def test_any_value_has_arns(value, action):
    for arn in arns_of(literal(value), action, "index"):
        assert isinstance(arn, Text)
        parsed(arn)
    resource_name(literal(value))
