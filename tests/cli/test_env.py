"""`pycommon env`: reading a service, and the record and the stage in the bare local AWS."""

import json
import os
import pty
import re
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pycommon.background import background_writes
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars
from pycommon.testing import fresh_execution_environment
from pycommon_cli.analysis.python import read_code
from pycommon_cli.analysis.python.python_files import python_files
from pycommon_cli.analysis.serverless import read_configuration
from pycommon_cli.cli_error import CliError
from pycommon_cli.env.env_doctor import read_packaged_service
from pycommon_cli.env.needed_variables import unclear_declarations
from pycommon_cli.env.package_patterns import PackagedFiles
from pycommon_cli.env.variable_origins import plain_value, setting_of
from pycommon_cli.main import app

TABLE = "ENV_VARS_TRACKING_TABLE"
SECRET = "planted-hunter2-value"
NOW = datetime.now(UTC)
HEADER = """
from pycommon.authz import validated
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars, track_execution
"""


def run(*arguments):
    return CliRunner().invoke(app, ["env", *map(str, arguments)])


def ago(days):
    return (NOW - timedelta(days=days)).isoformat(timespec="seconds").replace("+00:00", "Z")


# What the text of the modules tells


def declarations(folder, **modules):
    for name, text in modules.items():
        path = Path(*name.split("__")).with_suffix(".py")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return read_code(folder, folder, set(), all_declarations=True)


def variables(code):
    on_handlers = [each for handler in code.handlers.values() for each in handler.declared or ()]
    return [*on_handlers, *code.other_declarations]


def declared(folder, **modules):
    return {each.variable: list(each.operations) for each in variables(declarations(folder, **modules))}


GET, QUERY, PUT = "DynamoDBOperation.GET_ITEM", "DynamoDBOperation.QUERY", "S3Operation.PUT_OBJECT"
PERMS = "pycommon.dal.providers.aws.resource_perms"


CASES = [
    ('@required_env_vars({"A": [DynamoDBOperation.GET_ITEM], "B": []})\nF', {"A": [GET], "B": []}),
    ('@required_env_vars("A", "B")\nF', {"A": [], "B": []}),
    ('@required_env_vars("A")\nF', {"A": []}),
    ('N = "A"\n@required_env_vars({N: (DynamoDBOperation.QUERY,)})\nF', {"A": [QUERY]}),
    ('R = [DynamoDBOperation.GET_ITEM]\n@required_env_vars({"A": [*R, S3Operation.PUT_OBJECT]})\nF', {"A": [GET, PUT]}),
    ('R = {"A": []}\nS = R | {"B": []}\n@required_env_vars({**S, "C": []})\nF', {"A": [], "B": [], "C": []}),
    ('@required_env_vars({"A": frozenset({DynamoDBOperation.QUERY})})\nF', {"A": [QUERY]}),
    ('f = required_env_vars({"A": []})(validated("x")(print))', {"A": []}),
    ('needs = required_env_vars({"A": []})\n@needs\nF', {"A": []}),
    ('env = required_env_vars\n@env({"A": []})\nF', {"A": []}),
    ('class C:\n    @required_env_vars({"A": []})\n    def m(self): ...', {"A": []}),
    ('def g():\n    @required_env_vars({"A": []})\n    async def f(): ...', {"A": []}),
    ('import pycommon.decorators as d\n@d.required_env_vars({"A": []})\nF', {"A": []}),
    ('import pycommon.decorators\n@pycommon.decorators.required_env_vars({"A": []})\nF', {"A": []}),
    ('from pycommon import decorators\n@decorators.required_env_vars({"A": []})\nF', {"A": []}),
    (f'import {PERMS} as p\n@required_env_vars({{"A": [p.DynamoDBOperation.QUERY]}})\nF', {"A": [QUERY]}),
    ('try:\n    P = "A"\nexcept KeyError:\n    pass\n@required_env_vars({P + "_B": []})\nF', {"A_B": []}),
    ('def required_env_vars_of_mine(x): ...\n@required_env_vars_of_mine({"A": []})\nF', {}),
    ('"@required_env_vars({\'A\': []})"\n# @required_env_vars({"A": []})', {}),
]


@pytest.mark.parametrize(("text", "found"), CASES)
def test_declarations_are_read_from_the_text(tmp_path, text, found):
    assert declared(tmp_path, core=HEADER + re.sub(r"F$", "def f(): ...", text)) == found


def test_declarations_across_modules(tmp_path):
    found = declared(
        tmp_path,
        service__core="from .common import *\nfrom service import common as c\n"
        '@required_env_vars({**c.READS, "B": c.OPS})\ndef f(): ...',
        service__common=HEADER + 'READS = {"A": [DynamoDBOperation.GET_ITEM]}\n'
        "READS_OF = [DynamoDBOperation.QUERY]\nOPS = list(READS_OF)",
    )
    assert found == {"A": [GET], "B": [QUERY]}


@pytest.mark.parametrize(
    ("text", "names", "says"),
    [
        ("@required_env_vars(load())\ndef f(): ...", [], "the arguments of @required_env_vars are computed"),
        ('@required_env_vars("A", *names)\ndef f(): ...', ["A"], "the name of a declared variable is computed"),
        ('@required_env_vars({"A": [], name(): []})\ndef f(): ...', ["A"], "has entries that are computed"),
        ('@required_env_vars({"A": ops()})\ndef f(): ...', ["A"], "the operations of A are computed"),
        ('@required_env_vars({"A": [DynamoDBOperation.NOPE]})\ndef f(): ...', ["A"], "has no member NOPE"),
        ('N = "A" if y() else x()\n@required_env_vars({N: []})\ndef f(): ...', ["A"], "entries that are computed"),
        ("N = N\n@required_env_vars({N: []})\ndef f(): ...", [], "has entries that are computed"),
        ('p = partial(required_env_vars, {"A": []})', [], "passed on here, and not called"),
    ],
)  # fmt: skip
def test_what_the_text_does_not_tell_is_said(tmp_path, text, names, says):
    found = declarations(tmp_path, core=HEADER + text)
    assert [each.variable for each in variables(found)] == names
    unclear = unclear_declarations(found)
    assert [says in each.message for each in unclear] == [True]
    assert unclear[0].place.line > HEADER.count("\n")


def test_the_last_assignment_before_a_declaration_counts(tmp_path):
    text = 'N = "A"\nN = "B"\n@required_env_vars({N: []})\ndef f(): ...\nN = "C"\n'
    assert declared(tmp_path, core=HEADER + text) == {"B": []}


def test_nothing_is_run(tmp_path):
    declarations(tmp_path, core=f"open({str(tmp_path / 'ran')!r}, 'w')\nraise SystemExit(9)\n")
    assert not (tmp_path / "ran").exists()


def test_a_module_that_is_no_python(tmp_path):
    declarations(tmp_path, core="def (:")
    with pytest.raises(CliError, match=r"core\.py:1: core\.py has a syntax error"):
        read_packaged_service(tmp_path, serverless_file(tmp_path, {"service": "s"}))


def test_a_module_that_is_not_packaged_may_be_no_python(tmp_path):
    declarations(tmp_path, core="def (:", other=HEADER + '@required_env_vars("A")\ndef f(): ...')
    file = serverless_file(tmp_path, {"service": "s", "package": {"patterns": ["!core.py"]}})
    assert list(read_packaged_service(tmp_path, file).code.handlers) == ["other.f"]


@pytest.mark.parametrize(
    ("patterns", "packaged"),
    [
        (None, {"a.py", "service/b.py", "service/x/c.py", "tests/t.py"}),
        (["!**", "service/**/*.py"], {"service/b.py", "service/x/c.py"}),
        (["!**", "service/*.py"], {"service/b.py"}),
        (["!tests/**"], {"a.py", "service/b.py", "service/x/c.py"}),
        (["!**", "./{service,tests}/?.py"], {"service/b.py", "tests/t.py"}),
        (["!**", "service/**", "!service/x/**"], {"service/b.py"}),
    ],
)
def test_only_what_is_packaged_is_read(tmp_path, patterns, packaged):
    for name in ["a.py", "service/b.py", "service/x/c.py", "tests/t.py", "node_modules/n.py", ".venv/v.py", "e/v.py"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "e" / "pyvenv.cfg").write_text("")
    file = serverless_file(
        tmp_path, {"service": "s", "package": {"patterns": patterns}} if patterns else {"service": "s"}
    )
    read = {path.relative_to(tmp_path).as_posix() for path in python_files(tmp_path)}
    assert {path for path in read if path in PackagedFiles(file)} == packaged


# What serverless.yml tells


def serverless_file(folder, document, stage="dev"):
    path = folder / "serverless.yml"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return read_configuration(folder, folder, stage)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", {}),
        ("", {"empty": True}),
        ("!Ref Table", {"by_cloudformation": True}),
        ("!GetAtt [Table, Arn]", {"by_cloudformation": True}),
        ("!Sub 'x-${AWS::Region}-${ssm:/a}'", {"by_cloudformation": True, "parameters": ("/a",)}),
        ("{'Fn::Sub': 'x-${ssm:/a/${sls:stage}}'}", {"by_cloudformation": True, "parameters": ("/a/dev",)}),
        ("${ssm:/a/${sls:stage}/b}", {"parameters": ("/a/dev/b",)}),
        ("https://${ssm:/a}/${ssm(raw):/b}", {"parameters": ("/a", "/b")}),
        ("${self:custom.base}-lambda/${self:service}", {}),
        ("${ssm:${self:custom.base}-lambda/X}", {"parameters": ("/amplify/dev-lambda/X",)}),
        ("${ssm:/a, 'default'}", {}),
        ("${self:custom.gone, ssm:/a}", {"parameters": ("/a",)}),
        ("${self:custom.gone, 'x'}", {}),
        ("${self:custom.gone}", {"unanswered": ("${self:custom.gone}",)}),
        ("${env:WHO}", {"elsewhere": ("${env:WHO}",)}),
        ("${env:WHO, 'x'}", {}),
        ("${cf:other.Output}", {"elsewhere": ("${cf:other.Output}",)}),
        ("${ssm(us-west-2):/a}", {"elsewhere": ("${ssm(us-west-2):/a}",)}),
        ("${ssm:/aws/reference/secretsmanager/s}", {"elsewhere": ("${ssm:/aws/reference/secretsmanager/s}",)}),
    ],
)
def test_what_a_setting_rests_on(tmp_path, value, expected):
    text = f"service: s\ncustom: {{base: '/amplify/${{sls:stage}}'}}\nprovider:\n  environment:\n    A: {value}\n"
    file = serverless_file(tmp_path, f"{text}functions: {{f: {{handler: core.f}}}}\n")
    setting = setting_of(file.functions["f"], "A", file)
    seen = {
        name: getattr(setting, name) for name in ("parameters", "elsewhere", "unanswered", "empty", "by_cloudformation")
    }
    assert {name: value for name, value in seen.items() if value} == expected


def test_functions_in_parts_and_their_own_variables(tmp_path):
    (tmp_path / "more.yml").write_text("b: {handler: core.b, environment: {X: y, SERVICE_NAME: own}}\n")
    file = serverless_file(
        tmp_path,
        "service: s\nprovider: {environment: {SERVICE_NAME: '${self:service}', STAGE: '${sls:stage}'}}\n"
        "functions: [{a: {handler: core.a}}, '${file(more.yml)}']",
    )
    assert list(file.functions) == ["a", "b"]
    function = file.functions["b"]
    assert setting_of(function, "X", file).where == "functions.b.environment"
    assert setting_of(function, "STAGE", file).where == "provider.environment"
    assert (plain_value(function, "SERVICE_NAME"), plain_value(function, "STAGE")) == ("own", "dev")


# The stage: a checkout that knows it, in the bare local AWS


@pytest.fixture
def stage(aws, project):
    """A deployed stage of the project, and the options that name it."""
    name = f"dev{uuid.uuid4().hex[:8]}"
    (project.root / "var" / f"{name}-var.yml").write_text(
        f"DEP_NAME: main\nDEP_REGION: {aws.variables['AWS_REGION']}\n"
    )
    path = f"/amplify/{name}/amplify-main-lambda/{TABLE}"
    aws.client("ssm").put_parameter(Name=path, Value=aws.variables[TABLE], Type="String")
    with fresh_execution_environment({**aws.variables, "AWS_REGION": None, "AWS_DEFAULT_REGION": "eu-central-1"}):
        yield ["--project", project.root, "--stage", name]


@pytest.fixture
def service(project, stage):
    """A service folder with one guarded and one metered handler."""
    folder = project.root / "amplify-notes"
    (folder / "service").mkdir(parents=True)
    (folder / "service" / "core.py").write_text(
        HEADER
        + '@required_env_vars({"NOTES_TABLE": [DynamoDBOperation.QUERY], "ONLY_THERE": [], "NOWHERE": []})\n'
        + '@validated("note")\ndef note(event, context, user, name, data): ...\n\n\n'
        + '@required_env_vars("SECRET_THING", "OWN", "AWS_REGION")\n@track_execution\n'
        + "def nightly(event, context): ...\n"
    )
    (folder / "serverless.yml").write_text(f"""
service: amplify-${{self:custom.stageVars.DEP_NAME}}-notes
custom:
  stageVars: ${{file(../var/${{sls:stage}}-var.yml)}}
  base: /amplify/${{sls:stage}}
  planted: {SECRET}
provider:
  region: ${{self:custom.stageVars.DEP_REGION}}
  environment:
    SERVICE_NAME: ${{self:service}}
    STAGE: ${{sls:stage}}
    NOTES_TABLE: !Ref NotesTable
    OAUTH_AUDIENCE: ${{ssm:${{self:custom.base}}/shared/OAUTH_AUDIENCE}}
    OAUTH_ISSUER_BASE_URL: ${{self:custom.planted}}
    ACCOUNTS_DYNAMO_TABLE: accounts
    USAGE_METRICS_DYNAMO_TABLE: {SECRET}
functions:
  note: {{handler: service/core.note}}
  nightly: {{handler: service/core.nightly, environment: {{OWN: {SECRET}}}}}
""")
    return folder


@pytest.fixture
def put(aws, stage):
    def put(path, kind="String"):
        path = f"/amplify/{stage[-1]}/{path}"
        aws.client("ssm").put_parameter(Name=path, Value=SECRET, Type=kind)
        return path

    return put


def test_the_doctor_says_where_each_variable_comes_from(aws, stage, service, put):
    audience = put("shared/OAUTH_AUDIENCE")
    there = put("amplify-main-notes/ONLY_THERE")
    secure = put("amplify-main-notes/SECRET_THING", "SecureString")
    result = run("doctor", "amplify-notes", *stage)
    lines = result.stdout.splitlines()
    assert result.exit_code == 1, result.stderr
    core = "amplify-notes/service/core.py"
    assert f"{core}:5: NOTES_TABLE [note]: provider.environment, made by CloudFormation" in lines
    assert f"{core}:5: ONLY_THERE [note]: Parameter Store, {there}" in lines
    assert f"{core}:10: SECRET_THING [nightly]: Parameter Store, {secure} (SecureString)" in lines
    assert f"{core}:10: OWN [nightly]: functions.nightly.environment" in lines
    assert f"{core}:10: AWS_REGION [nightly]: set by Lambda" in lines
    assert f"{core}:6: OAUTH_AUDIENCE (for @validated) [note]: provider.environment, parameter {audience}" in lines
    assert any("IDP_PREFIX (for @validated) [note]: not set: " in line for line in lines)
    nowhere, help_text, summary = lines[-3:]
    assert f"{core}:5: NOWHERE [note]: missing: not in serverless.yml" in nowhere
    assert nowhere.endswith(f"no parameter /amplify/{stage[-1]}/amplify-main-notes/NOWHERE")
    assert "help: add NOWHERE to provider.environment in amplify-notes/serverless.yml" in help_text
    assert summary.endswith("1 missing; not deployed.")

    (service / "service" / "core.py").write_text(
        (service / "service" / "core.py").read_text().replace(', "NOWHERE": []', "")
    )
    well = run("doctor", "amplify-notes", *stage)
    assert (well.exit_code, "help" in well.stdout) == (0, False)

    programs = run("doctor", "amplify-notes", *stage, "--format", "json")
    report = json.loads(programs.stdout)
    assert report["well"] is True
    assert {each["variable"]: each["operations"] for each in report["variables"]}["NOTES_TABLE"] == [QUERY]
    everything = result.stdout + result.stderr + well.stdout + programs.stdout
    assert SECRET not in everything


def test_a_parameter_that_serverless_yml_reads_is_missing(stage, service):
    result = run("doctor", "amplify-notes", *stage)
    path = f"/amplify/{stage[-1]}/shared/OAUTH_AUDIENCE"
    assert (
        f"OAUTH_AUDIENCE (for @validated) [note]: missing: provider.environment reads the parameter {path}"
        in result.stdout
    )
    assert "deploy the service that publishes it" in result.stdout


def test_what_is_deployed_is_told(aws, stage, service, put):
    put("shared/OAUTH_AUDIENCE")
    put("amplify-main-notes/SECRET_THING")
    role = aws.client("iam").create_role(RoleName=f"r{uuid.uuid4().hex[:8]}", AssumeRolePolicyDocument="{}")["Role"][
        "Arn"
    ]
    aws.client("lambda").create_function(
        FunctionName=f"amplify-main-notes-{stage[-1]}-note",
        Runtime="python3.11",
        Role=role,
        Handler="service/core.note",
        Code={"ZipFile": empty_zip()},
        Environment={"Variables": {"NOTES_TABLE": SECRET, "ONLY_THERE": SECRET, "NOWHERE": ""}},
    )
    result = run("doctor", "amplify-notes", *stage)
    assert "NOTES_TABLE [note]: provider.environment, made by CloudFormation; deployed\n" in result.stdout
    assert "ONLY_THERE [note]: only in the deployed function, not in serverless.yml" in result.stdout
    assert (
        "ACCOUNTS_DYNAMO_TABLE (for @validated) [note]: provider.environment; not in the deployed function yet"
        in result.stdout
    )
    assert "NOWHERE [note]: missing" in result.stdout
    assert SECRET not in result.stdout


def empty_zip():
    return b"PK\x05\x06" + bytes(18)


def test_a_parameter_that_may_not_be_read_is_not_called_missing(aws, stage, service):
    allowed = {"Effect": "Allow", "Action": "lambda:GetFunctionConfiguration", "Resource": "*"}
    with fresh_execution_environment({**aws.role_variables(allowed), "AWS_REGION": None}):
        result = run("doctor", "amplify-notes", *stage)
    assert result.exit_code == 1
    assert "NOWHERE [note]: unknown: " in result.stdout
    assert "your credentials may not read" in result.stdout
    assert "missing" not in result.stdout


def test_parameters_are_looked_up_one_by_one_where_a_batch_is_denied(aws, stage, service, put):
    there = put("amplify-main-notes/ONLY_THERE")
    arn = f"arn:aws:ssm:{aws.variables['AWS_REGION']}:000000000000:parameter{there}"
    actions = ["ssm:GetParameter", "lambda:GetFunctionConfiguration"]
    allowed = {"Effect": "Allow", "Action": actions, "Resource": [arn, "arn:aws:lambda:*:*:function:*"]}
    with fresh_execution_environment({**aws.role_variables(allowed), "AWS_REGION": None}):
        result = run("doctor", "amplify-notes", *stage)
    assert result.exit_code == 1
    assert f"ONLY_THERE [note]: Parameter Store, {there}\n" in result.stdout
    assert "NOWHERE [note]: unknown: " in result.stdout


def test_variables_without_the_path_of_a_fallback(stage, service):
    file = service / "serverless.yml"
    file.write_text(file.read_text().replace("    SERVICE_NAME: ${self:service}\n", ""))
    assert (
        "NOWHERE [note]: missing: not in serverless.yml (provider.environment); Parameter Store is not searched"
        in run("doctor", service, *stage).stdout
    )


def test_a_variable_that_refers_to_nothing_is_missing(stage, service):
    file = service / "serverless.yml"
    file.write_text(file.read_text().replace("    STAGE:", "    NOWHERE: ${self:custom.gone}\n    STAGE:"))
    result = run("doctor", "amplify-notes", *stage)
    assert result.exit_code == 1, result.stderr
    said = "NOWHERE [note]: missing: provider.environment refers to ${self:custom.gone}, for which no file has a value"
    assert said in result.stdout


def test_a_service_without_functions_has_the_environment_of_the_provider(stage, service):
    file = service / "serverless.yml"
    file.write_text(file.read_text().partition("functions:")[0])
    lines = run("doctor", "amplify-notes", *stage).stdout.splitlines()
    core = "amplify-notes/service/core.py"
    assert f"{core}:10: AWS_REGION: set by Lambda" in lines
    assert f"{core}:6 (and 1 more): USAGE_METRICS_DYNAMO_TABLE (for @validated): provider.environment" in lines
    assert any(line.startswith(f"{core}:5: NOWHERE: missing: ") for line in lines)


def test_what_is_computed_fails_the_check(stage, service):
    (service / "service" / "core.py").write_text(HEADER + "@required_env_vars(load())\ndef f(event, context): ...\n")
    result = run("doctor", "amplify-notes", *stage)
    assert result.exit_code == 1
    assert (
        "service/core.py:5: cannot be known without running it: the arguments of @required_env_vars are computed"
        in result.stdout
    )


def test_a_service_that_declares_nothing(stage):
    result = run("doctor", "amplify-greeting", *stage)
    assert (result.exit_code, "declares no variables" in result.stdout) == (0, True)


@pytest.mark.parametrize(
    ("service", "text", "says"),
    [
        ("amplify-gone", None, "No service folder 'amplify-gone'"),
        ("amplify-greeting", "service: a\n  b: : c\n", "serverless.yml:2: This is not valid YAML"),
        ("amplify-greeting", "service: a-${ssm:/b}\n", "could not be resolved"),
        ("amplify-greeting", "service: ${file(gone.yml):x}\n", "there is no file gone.yml"),
    ],
)
def test_what_cannot_run_is_one_sentence(project, stage, service, text, says):
    if text:
        (project.root / service / "serverless.yml").write_text(text)
    result = run("doctor", service, *stage)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_the_doctor_without_credentials(stage, service):
    with fresh_execution_environment(dict.fromkeys(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])):
        result = run("doctor", "amplify-notes", *stage)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Unable to locate credentials" in result.stderr


@pytest.mark.parametrize("command", [["list"], ["doctor", "amplify-greeting"]])
def test_the_local_aws_is_the_default(project, command):
    result = run(*command, "--project", project.root)
    assert result.exit_code == 2
    assert "does not run" in result.stderr


@pytest.mark.parametrize("command", [["list"], ["doctor", "amplify-greeting"]])
def test_a_stage_that_the_checkout_does_not_know(project, command):
    result = run(*command, "--project", project.root, "--stage", "nowhere")
    assert result.exit_code == 2
    assert "There is no stage 'nowhere'" in result.stderr


# The record


def item(service, variable, **attributes):
    names = {"service_var_key": f"{service}#{variable}", "service_name": service, "variable": variable, "stage": "dev"}
    return {**names, "found_in": "lambda_environment", "functions": {"f"}, "first_seen": ago(30), **attributes}


def write(aws, attributes):
    """Sets are written as the library writes them."""
    typed = {
        name: {"SS": sorted(value)} if isinstance(value, set) else {"S": value} for name, value in attributes.items()
    }
    aws.client("dynamodb").put_item(TableName=aws.variables[TABLE], Item=typed)


@pytest.fixture
def recorded(aws, stage):
    get, query, scan = "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"
    used = {"observed": {get, query}, "undeclared": {query}, "observed_at": ago(1)}
    write(aws, item("files", "FILES_DYNAMO_TABLE", operations={get, scan}, last_seen=ago(2), **used))
    write(aws, item("files", "API_BASE_URL", last_seen=ago(40)))
    write(aws, item("files", "IDLE_TABLE", operations={"s3:GetObject"}, last_seen=ago(2)))
    write(aws, item("rag", "FILES_DYNAMO_TABLE", operations={get}, last_seen=ago(2)))
    return stage


def listed(*arguments):
    result = run("list", *arguments, "--format", "json")
    return {f"{each['service']}#{each['variable']}": each for each in json.loads(result.stdout)}


def test_the_record_says_what_is_declared_and_what_is_used(recorded):
    found = listed(*recorded)
    assert list(found) == [
        "files#API_BASE_URL",
        "files#FILES_DYNAMO_TABLE",
        "files#IDLE_TABLE",
        "rag#FILES_DYNAMO_TABLE",
    ]
    files = found["files#FILES_DYNAMO_TABLE"]
    assert files["used_and_declared"] == ["dynamodb:GetItem"]
    assert files["used_not_declared"] == ["dynamodb:Query"]
    assert files["declared_not_used"] == ["dynamodb:Scan"]
    assert files["advice"] == ["add DynamoDBOperation.QUERY to FILES_DYNAMO_TABLE"]
    assert files["last_seen"] == ago(1)
    assert found["rag#FILES_DYNAMO_TABLE"]["used"] is None


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        (["--service", "rag"], ["rag#FILES_DYNAMO_TABLE"]),
        (["--service", "nobody"], []),
        (["--variable", "FILES_DYNAMO_TABLE"], ["files#FILES_DYNAMO_TABLE", "rag#FILES_DYNAMO_TABLE"]),
        (["--stale", "30"], ["files#API_BASE_URL"]),
        (["--undeclared"], ["files#FILES_DYNAMO_TABLE"]),
        (["--undeclared", "--service", "rag"], []),
        (["--unused"], ["files#FILES_DYNAMO_TABLE", "files#IDLE_TABLE"]),
        (["--unused", "--variable", "IDLE_TABLE"], ["files#IDLE_TABLE"]),
    ],
)
def test_choosing_from_the_record(recorded, options, keys):
    assert list(listed(*recorded, *options)) == keys


def test_the_line_to_add_and_the_exit_code(recorded):
    result = run("list", "--undeclared", *recorded)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "files: add DynamoDBOperation.QUERY to FILES_DYNAMO_TABLE"
    assert run("list", *recorded).exit_code == 0
    none = run("list", "--undeclared", "--service", "rag", *recorded)
    assert (none.exit_code, none.stdout) == (0, "")
    assert "No matching variable" in none.stderr


def test_what_was_declared_since_is_no_longer_undeclared(aws, stage):
    used = {"observed": {"dynamodb:Query"}, "undeclared": {"dynamodb:Query"}}
    write(aws, item("files", "T", operations={"dynamodb:Query"}, last_seen=ago(0), **used))
    assert run("list", "--undeclared", *stage).exit_code == 0


def test_what_could_be_taken_away(recorded):
    result = run("list", "--unused", *recorded)
    assert result.exit_code == 0
    assert (
        f"files: DynamoDBOperation.SCAN (dynamodb:Scan) of FILES_DYNAMO_TABLE was not used since {ago(30)}"
        in result.stdout
    )


def test_what_the_library_declares_for_itself_is_not_to_be_taken_away(aws, stage):
    own = {"dynamodb:Query", "dynamodb:UpdateItem"}
    write(aws, item("files", "API_KEYS_DYNAMODB_TABLE", operations={*own, "dynamodb:Scan"}, last_seen=ago(0)))
    write(aws, item("files", "COST_CALCULATIONS_DYNAMO_TABLE", operations={"dynamodb:Query"}, last_seen=ago(0)))
    write(aws, item("files", "T", operations={"dynamodb:Query"}, observed={"dynamodb:Query"}, last_seen=ago(0)))
    found = listed("--unused", *stage)
    assert [each["removable"] for each in found.values()] == [["dynamodb:Scan"]]
    assert list(found) == ["files#API_KEYS_DYNAMODB_TABLE"]


def test_a_pipe_gets_plain_columns(recorded):
    lines = run("list", "--service", "files", *recorded).stdout.splitlines()
    assert lines[0].split("  ")[0] == "SERVICE"
    assert lines[1].split() == ["files", "API_BASE_URL", "lambda_environment", "-", "-", "-", "-", "f", ago(40)]
    cells = ["dynamodb:GetItem,dynamodb:Scan", "dynamodb:GetItem,dynamodb:Query", "dynamodb:Query", "dynamodb:Scan"]
    assert lines[2].split()[3:7] == cells


def test_a_terminal_gets_a_table_for_each_service(aws, recorded):
    command = [sys.executable, "-c", "from pycommon_cli.main import app; app()", "env", "list", *map(str, recorded)]
    ours, theirs = pty.openpty()
    variables = {**os.environ, "TERM": "xterm", "COLUMNS": "160"}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, env=variables) as process:
        os.close(theirs)
        text = b""
        try:
            while part := os.read(ours, 65536):
                text += part
        except OSError:  # what Linux says at the end of a terminal
            pass
        process.stderr.read()
    os.close(ours)
    assert process.returncode == 0
    said = text.decode()
    assert "used, not declared" in said
    assert "declared, not used" in said
    assert "not observed" in said
    assert "files: add DynamoDBOperation.QUERY to FILES_DYNAMO_TABLE" in said


def test_what_the_library_records_is_listed(aws, stage, cold_start):
    with fresh_execution_environment({**cold_start, "SOME_TABLE": SECRET}):

        @required_env_vars({"SOME_TABLE": [DynamoDBOperation.GET_ITEM]})
        def handler(event, context):
            return None

        handler({}, None)
        background_writes().wait()
    result = run("list", "--service", cold_start["SERVICE_NAME"], *stage, "--format", "json")
    found = {each["variable"]: each for each in json.loads(result.stdout)}
    assert found["SOME_TABLE"]["declared"] == ["dynamodb:GetItem"]
    assert SECRET not in result.stdout


def test_control_characters_in_the_record_do_not_reach_the_terminal(aws, stage):
    write(aws, item("x\x1b[2J", "\x1b]0;x\x07", observed={"dynamodb:\x1b[2J"}, operations={"\x1b"}))
    for options in ([], ["--undeclared"], ["--unused"]):
        assert "\x1b" not in run("list", *options, *stage).stdout


def test_an_item_that_somebody_else_wrote(aws, stage):
    write(aws, {"service_var_key": "files#ODD", "last_seen": "yesterday", "functions": "f"})
    assert list(listed("--stale", 1, *stage)) == ["files#ODD"]


def test_a_table_by_its_name(aws, recorded, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    variables = {"AWS_DEFAULT_REGION": aws.variables["AWS_REGION"]}
    with fresh_execution_environment(variables):
        result = run("list", "--stage", "elsewhere", "--table", aws.variables[TABLE])
    assert result.exit_code == 0, result.stderr
    gone = run("list", *recorded, "--table", "gone")
    assert gone.exit_code == 2
    assert "Name an existing table with --table" in gone.stderr


def test_the_service_is_queried_not_scanned(aws, recorded):
    arn = f"arn:aws:dynamodb:{aws.variables['AWS_REGION']}:000000000000:table/{aws.variables[TABLE]}/index/*"
    variables = aws.role_variables({"Effect": "Allow", "Action": "dynamodb:Query", "Resource": arn})
    with fresh_execution_environment({**variables, "AWS_REGION": None}):
        queried = run("list", "--service", "files", *recorded, "--table", aws.variables[TABLE])
        scanned = run("list", *recorded, "--table", aws.variables[TABLE])
    assert queried.exit_code == 0, queried.stderr
    assert scanned.exit_code == 2
    assert "dynamodb:Scan" in scanned.stderr
