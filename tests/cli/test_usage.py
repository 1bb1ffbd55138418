"""Test `pycommon usage` with an empty local AWS as a deployed stage, and with the local AWS of a checkout."""

import gzip
import io
import json
import subprocess
import sys
import time
import uuid
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from pycommon.metrics.unrecorded_usage import NOT_RECORDED
from pycommon.testing import fresh_execution_environment
from pycommon_cli.main import app
from pycommon_cli.usage import log_sources
from pycommon_cli.usage.usage_report import ProgressReport
from tests.cli.kept_usage import item, line

USAGE = "USAGE_METRICS_DYNAMO_TABLE"


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, ["usage", *map(str, arguments)], input=stdin)


@pytest.fixture
def stage(aws, project):
    """Create a deployed stage (variables in the checkout, parameter and table in AWS). Yield the options for it."""
    name = f"dev{uuid.uuid4().hex[:8]}"
    file = project.root / "var" / f"{name}-var.yml"
    file.write_text(f"DEP_NAME: main\nDEP_REGION: {aws.variables['AWS_REGION']}\n")
    path = f"/amplify/{name}/amplify-main-lambda/{USAGE}"
    aws.client("ssm").put_parameter(Name=path, Value=aws.variables[USAGE], Type="String")
    elsewhere = {**aws.variables, "AWS_REGION": None, "AWS_DEFAULT_REGION": "eu-central-1"}
    with fresh_execution_environment(elsewhere):
        yield ["--project", project.root, "--stage", name]


@pytest.fixture
def kept(aws):
    """Return `kept(number)`: the log line of an item for the table of this test."""
    return lambda number=0, **changes: line(aws.variables[USAGE], number, **changes)


@pytest.fixture
def log(tmp_path):
    """Return `log(lines)`, which writes a file with these lines."""

    def write(*lines):
        path = tmp_path / "log"
        path.write_text("".join(f"{each}\n" for each in lines))
        return path

    return write


def test_every_item_is_restored_as_it_was(aws, stage, kept, log):
    path = log("START RequestId: 1", kept(1), "not a word", kept(2), "REPORT")
    result = run("recover", path, *stage)
    assert (result.exit_code, result.stdout) == (0, "2 restored.\n"), result.stderr
    assert sorted(aws.items(USAGE), key=lambda each: each["timestamp"]) == [item(1), item(2)]


def test_doing_it_again_changes_nothing(aws, stage, kept, log):
    path = log(kept(1), kept(2), kept(1))
    first = run("recover", path, *stage)
    assert first.stdout == "2 restored, 1 was there already.\n"
    before = aws.items(USAGE)
    assert run("recover", path, *stage).stdout == "3 were there already.\n"
    assert aws.items(USAGE) == before


def test_an_item_that_was_written_after_all_and_counted_stays_as_it_is(aws, stage, kept, log):
    there = {**item(1), "counted_at": "2026-01-15T10:31:00Z"}
    aws.put(USAGE, there)
    assert run("recover", log(kept(1)), *stage).stdout == "1 was there already.\n"
    assert aws.items(USAGE) == [there]


def test_an_item_whose_place_is_taken_goes_to_the_next(aws, stage, kept, log):
    aws.put(USAGE, {**item(1), "request_id": "another"})
    path = log(kept(1))
    assert run("recover", path, *stage).stdout == "1 restored.\n"
    assert run("recover", path, *stage).stdout == "1 was there already.\n"
    assert {each["request_id"] for each in aws.items(USAGE)} == {"another", "request-1"}


def test_a_dry_run_says_the_same_and_writes_nothing(aws, stage, kept, log):
    aws.put(USAGE, {**item(1), "request_id": "another"})
    aws.put(USAGE, item(2))
    result = run("recover", log(kept(1), kept(2), kept(3)), *stage, "--dry-run")
    assert (result.exit_code, result.stdout) == (0, "2 would be restored, 1 was there already.\n")
    assert len(aws.items(USAGE)) == 2


def test_what_cannot_be_restored_is_reported_with_its_place_and_reason(aws, stage, kept, log):
    path = log(kept(1), kept(2)[:200], line("other-table", 3), line(None, 4), kept(5, user=None), "fine")
    result = run("recover", path, *stage)
    decide = f"but the table of stage {stage[-1]} is {aws.variables[USAGE]}: choose one with --table"
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{path}:2: unreadable: no complete JSON object with the item",
        f"{path}:3: not restored: the line names the table other-table, {decide}",
        f"{path}:4: not restored: the line names no table, {decide}",
        f"{path}:5: unreadable: user is missing",
        "1 restored, 2 not restored, 2 unreadable.",
    ]
    assert [each["request_id"] for each in aws.items(USAGE)] == ["request-1"]


def test_a_table_by_its_name_takes_all_and_needs_neither_parameter_nor_checkout(
    aws, stage, kept, log, tmp_path, monkeypatch
):
    path = log(kept(1), line("other-table", 2), line(None, 3))
    monkeypatch.chdir(tmp_path)
    with fresh_execution_environment({"AWS_DEFAULT_REGION": aws.variables["AWS_REGION"]}):
        result = run("recover", path, "--stage", "elsewhere", "--table", aws.variables[USAGE])
    assert (result.exit_code, result.stdout) == (0, "3 restored.\n"), result.stderr


def test_json_has_an_entry_a_line(stage, kept, log, aws):
    path = log(kept(1), kept(2)[:200])
    result = run("recover", path, *stage, "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == [
        {
            "where": f"{path}:1",
            "outcome": "restored",
            "reason": "ThrottlingException",
            "table": aws.variables[USAGE],
            "account": "acc-1",
            "timestamp": "2026-01-15T10:30:01.123456Z",
            "request_id": "request-1",
        },
        {
            "where": f"{path}:2",
            "outcome": "unreadable",
            "reason": "no complete JSON object with the item",
            "table": None,
            "account": None,
            "timestamp": None,
            "request_id": None,
        },
    ]
    assert len(result.stdout.splitlines()) == 4
    assert "1 restored, 1 unreadable." in result.stderr
    assert json.loads(run("recover", log(), *stage, "--format", "json").stdout) == []


def test_stdin_and_gzip_and_several_files(aws, stage, kept, tmp_path):
    with gzip.open(tmp_path / "a.gz", "wt") as file:
        file.write(kept(1) + "\n")
    (tmp_path / "b").write_text(kept(2))
    result = run("recover", tmp_path / "a.gz", tmp_path / "b", "-", *stage, stdin=kept(3) + "\n")
    assert result.stdout == "3 restored.\n"
    compressed = gzip.compress(kept(4).encode())
    assert run("recover", "-", *stage, stdin=compressed).stdout == "1 restored.\n"
    assert len(aws.items(USAGE)) == 4


def test_a_file_that_ends_before_its_time_gives_what_it_has(aws, stage, kept, tmp_path):
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress("".join(f"{kept(n)}\n" for n in range(200)).encode())[:-200])
    result = run("recover", path, *stage)
    assert result.exit_code == 1
    assert f"{path}: unreadable: it could not be read to its end: " in result.stdout
    assert len(aws.items(USAGE)) > 100


def test_what_is_not_text_is_reported(stage, kept, tmp_path):
    path = tmp_path / "log"
    path.write_bytes(kept(1).replace("jane", "j\udce4ne").encode("utf-8", "surrogateescape"))
    assert f"{path}:1: unreadable: the line is not UTF-8" in run("recover", path, *stage).stdout


@pytest.mark.parametrize("at", [0, log_sources._LONGEST_LINE - 7, 2 * log_sources._LONGEST_LINE])
def test_a_line_without_end_is_reported(tmp_path, at):
    path = tmp_path / "log"
    padding = "x" * (2 * log_sources._LONGEST_LINE + 100)
    path.write_text(f"{padding[:at]}{NOT_RECORDED}{padding[at:]}\n{padding}\nfine {NOT_RECORDED}\n")
    found = list(log_sources.in_files([str(path)]))
    assert [(each.where, each.text) for each in found] == [
        (f"{path}:1", None),
        (f"{path}:3", f"fine {NOT_RECORDED}\n"),
    ]
    assert "longer than 8 MiB" in found[0].trouble


def test_a_large_file_is_read_in_bounded_memory(tmp_path):
    path = tmp_path / "large"
    block = ("x" * 120 + "\n") * 8000
    with path.open("w") as file:
        for _ in range(110):
            file.write(block)
    assert path.stat().st_size > 100_000_000
    program = (
        "import sys, resource; from pycommon_cli.usage.log_sources import in_files;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "assert not list(in_files([sys.argv[1]]));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(ran.stdout) * unit < 20_000_000


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gone.log"], "gone.log could not be read: there is no such file."),
        (["."], ". could not be read: there is no such file."),
        (["-", "--since", "1h"], "--service, --function and --since select log groups, but files were given too."),
        (["--since", "long ago"], "'long ago' is not a duration"),
        (["--function", "gone"], "The function 'gone' (/aws/lambda/gone) has no log group"),
        (["--service", "gone"], "The service 'gone' has no log group"),
    ],
)
def test_what_cannot_run_is_one_sentence(stage, arguments, says):
    result = run("recover", *arguments, *stage)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_table_that_does_not_exist_is_reported_for_each(stage, kept, log):
    result = run("recover", log(kept(1)), *stage, "--table", "gone")
    assert result.exit_code == 1
    assert ":1: not restored: ResourceNotFoundException\n" in result.stdout


def test_rights_that_are_missing_are_named(aws, stage, kept, log):
    path = f"arn:aws:ssm:{aws.variables['AWS_REGION']}:000000000000:parameter/amplify/*"
    variables = aws.role_variables({"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": path})
    with fresh_execution_environment({**variables, "AWS_REGION": None}):
        result = run("recover", log(kept(1)), *stage)
        read = run("recover", log(kept(1)), *stage, "--dry-run")
    assert (result.exit_code, read.exit_code) == (1, 1)
    assert "dynamodb:PutItem" in result.stdout
    assert "dynamodb:GetItem" in read.stdout


@pytest.mark.parametrize("output", ["text", "json"])
def test_without_credentials(stage, kept, log, aws, output):
    nobody = dict.fromkeys(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    with fresh_execution_environment({**nobody, "AWS_EC2_METADATA_DISABLED": "true"}):
        result = run("recover", log(kept(1)), *stage, "--table", aws.variables[USAGE], "--format", output)
    assert result.exit_code == 2
    assert "Unable to locate credentials" in result.stderr
    assert output == "text" or json.loads(result.stdout) == []


# Log groups


@pytest.fixture
def write_log(aws):
    """Return `write_log(group, *messages, age_s=0)`, which writes events to a log group."""

    def write(group, *messages, age_s=0):
        logs, stream = aws.client("logs"), uuid.uuid4().hex
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        when = int((time.time() - age_s) * 1000)
        events = [{"timestamp": when, "message": message} for message in messages]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    return write


@pytest.fixture
def groups(stage, project, kept, write_log):
    """Create log groups: of two functions of the checkout, one of them with a `name`, and of other services."""
    name = stage[-1]
    (project.root / "amplify-greeting" / "serverless.yml").write_text(
        "service: amplify-main-greeting\n"
        f"functions: {{greet: {{handler: a.b}}, wave: {{handler: a.b, name: {name}-waving}}}}\n"
    )
    write_log(f"/aws/lambda/amplify-main-greeting-{name}-greet", "START", kept(1), "END")
    write_log(f"/aws/lambda/{name}-waving", kept(2))
    write_log(f"/aws/lambda/{name}-waving-more", kept(3))
    write_log(f"/aws/lambda/amplify-main-other-{name}-thing", kept(4), kept(5))
    write_log(f"/aws/lambda/amplify-main-greeting-{name}x-greet", kept(6))
    return name


def restored(aws):
    return sorted(each["request_id"] for each in aws.items(USAGE))


def test_the_log_groups_of_the_checkout_are_read(aws, stage, groups):
    result = run("recover", *stage)
    assert (result.exit_code, result.stdout) == (0, "2 restored.\n"), result.stderr
    assert restored(aws) == ["request-1", "request-2"]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--service", "amplify-greeting"], [1, 2]),
        (["--service", "amplify-main-other"], [4, 5]),
        (["--service", "amplify-greeting", "--service", "amplify-main-other"], [1, 2, 4, 5]),
        (["--function", "amplify-greeting:greet"], [1]),
        (["--function", "amplify-main-other:thing"], [4, 5]),
        (["--function", "NAME-waving"], [2]),
        (["--function", "/aws/lambda/NAME-waving-more", "--function", "NAME-waving"], [2, 3]),
    ],
)
def test_functions_can_be_named(aws, stage, groups, options, numbers):
    result = run("recover", *[option.replace("NAME", groups) for option in options], *stage)
    assert result.exit_code == 0, result.stderr
    assert restored(aws) == [f"request-{number}" for number in numbers]


@pytest.mark.parametrize(
    ("since", "numbers"), [("10m", [1]), ("2h", [1, 2]), ("7d", [1, 2, 3]), ("2000-01-01", [1, 2, 3]), (None, [1, 2])]
)
def test_how_far_back(aws, stage, kept, write_log, since, numbers):
    group = f"/aws/lambda/{stage[-1]}-f"
    for number, age_s in ((1, 0), (2, 3600), (3, 3 * 86400)):
        write_log(group, kept(number), age_s=age_s)
    options = ["--since", since] if since else []
    assert run("recover", "--function", group, *options, *stage).exit_code == 0
    assert restored(aws) == [f"request-{number}" for number in numbers]


def test_an_entry_of_a_log_group_says_where_and_when(stage, kept, write_log):
    group = f"/aws/lambda/{stage[-1]}-f"
    write_log(group, kept(1), kept(2)[:99])
    result = run("recover", "--function", group, *stage)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{group} 20")
    assert "Z: unreadable: no complete JSON object with the item\n" in result.stdout


def test_what_was_read_before_an_error_is_restored_and_reported(aws, stage, kept, write_log):
    readable, denied = (f"/aws/lambda/{stage[-1]}-{name}" for name in ("a-readable", "b-denied"))
    write_log(readable, kept(1))
    write_log(denied, kept(2))
    actions = ["ssm:GetParameter", "logs:DescribeLogGroups", "dynamodb:PutItem"]
    everywhere = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    one_group = f"arn:aws:logs:{aws.variables['AWS_REGION']}:000000000000:log-group:{readable}*"
    role = aws.role_variables(everywhere, {"Effect": "Allow", "Action": "logs:FilterLogEvents", "Resource": one_group})
    with fresh_execution_environment({**role, "AWS_REGION": None}):
        result = run("recover", "--function", readable, "--function", denied, *stage)
    assert (result.exit_code, result.stdout) == (2, "1 restored.\n"), result.stderr
    assert "logs:FilterLogEvents" in result.stderr
    assert restored(aws) == ["request-1"]


def test_a_checkout_whose_functions_never_ran(stage):
    result = run("recover", *stage)
    assert (result.exit_code, result.stdout) == (0, "No USAGE_NOT_RECORDED line was found.\n")


def test_without_a_checkout_functions_have_to_be_named(aws, stage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("recover", "--stage", "elsewhere", "--table", aws.variables[USAGE])
    assert result.exit_code == 2
    assert "Name them with --service or --function" in result.stderr


def test_long_work_is_reported(monkeypatch):
    error = io.StringIO()
    monkeypatch.setattr(sys, "stderr", error)
    pace = ProgressReport()
    pace.entry()
    assert error.getvalue() == ""
    pace._started -= 3
    pace.at("/aws/lambda/f")
    pace.entry()
    assert error.getvalue() == "1 items after 3 s, reading /aws/lambda/f\n"


# What an account used


@pytest.fixture
def used(aws, stage):
    """Write items of one account (four executions, one shared by two users), and one item of another account."""
    more = {"service": "amplify-main-files", "request_cost": Decimal("0.0000002")}
    for number, changes in enumerate(
        [
            {"timestamp": "2026-01-15T23:59:59.999999Z", "lambda_cost": Decimal("0.00000410000820")},
            {"timestamp": "2026-01-16T00:00:00.000000Z", "lambda_cost": Decimal("1E-20"), "user": "joe"},
            {"timestamp": "2026-01-16T12:00:00.000000Z", "success": False, "status_code": None},
            {"timestamp": "2026-01-17T23:59:59.999999Z", "request_id": "shared"},
            {"timestamp": "2026-01-17T23:59:59.999998Z", "request_id": "shared", "user": "\x1b[2Jjoe"},
            {"timestamp": "2026-01-16T12:00:00.000000Z", "account": "acc-2"},
        ]
    ):
        aws.put(USAGE, {**item(number, **more), **changes})
    return stage


def test_list_is_newest_first_and_sums_exactly(used):
    result = run("list", "acc-1", "--to", "2026-01-17", *used)
    header, *rows = result.stdout.splitlines()
    assert header.split() == ["TIMESTAMP", "USER", "SERVICE", "OPERATION", "SOURCE", "OK", "MS", "USD", "REQUEST", "ID"]
    assert [row.split()[0][:19] for row in rows[:-2]] == [
        "2026-01-17T23:59:59",
        "2026-01-17T23:59:59",
        "2026-01-16T12:00:00",
        "2026-01-16T00:00:00",
        "2026-01-15T23:59:59",
    ]
    assert " 200 " in rows[0]
    assert " no " in rows[2]
    assert "0.00000020000000000001" in rows[3]
    assert rows[-1] == "4 executions, 980.68 ms, 0.00001740003280000001 USD."
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--from", "2026-01-16", "--to", "2026-01-16"], ["request-2", "request-1"]),
        (["--from", "2026-01-15", "--to", "2026-01-17", "--user", "joe"], ["request-1"]),
        (["--to", "2026-01-15"], ["request-0"]),
        (["--to", "2026-01-14"], []),
        (["--to", "2026-01-17", "--limit", "1"], ["shared"]),
    ],
)
def test_list_for_programs(used, options, numbers):
    listed = json.loads(run("list", "acc-1", *options, *used, "--format", "json").stdout)
    assert [each["request_id"] for each in listed["items"]] == numbers


def test_numbers_for_programs_are_exact(used):
    listed = json.loads(run("list", "acc-1", "--to", "2026-01-16", "--user", "joe", *used, "--format", "json").stdout)
    assert listed["totals"] == {
        "items": 1,
        "executions": 1,
        "duration_ms": "245.17",
        "cost": "0.00000020000000000001",
    }
    (only,) = listed["items"]
    assert (only["lambda_cost"], only["status_code"]) == ("0.00000000000000000001", 200)
    assert (listed["account"], listed["user"], listed["from"], listed["to"]) == (
        "acc-1",
        "joe",
        "2026-01-10",
        "2026-01-16",
    )


def test_what_a_limit_leaves_out_is_summed_and_reported(used):
    lines = run("list", "acc-1", "--to", "2026-01-17", "--limit", "2", *used).stdout.splitlines()
    assert lines[-3:] == ["(3 older items are not shown; --limit)", "", lines[-1]]
    assert lines[-1].startswith("4 executions")


def test_an_account_without_usage(stage):
    result = run("list", "acc-1", *stage)
    assert (result.exit_code, result.stdout) == (0, "0 executions, 0 ms, 0 USD.\n")


def test_a_first_day_after_the_last_day(stage):
    result = run("list", "acc-1", "--from", "2026-01-02", "--to", "2026-01-01", *stage)
    assert result.exit_code == 2
    assert "--from 2026-01-02 is after --to 2026-01-01" in result.stderr


def test_the_list_asks_for_the_account_alone(aws, used):
    allowed = {"Effect": "Allow", "Action": ["dynamodb:Query", "ssm:GetParameter"], "Resource": "*"}
    with fresh_execution_environment({**aws.role_variables(allowed), "AWS_REGION": None}):
        assert run("list", "acc-2", "--to", "2026-01-17", *used).stdout.splitlines()[-1].startswith("1 execution,")


@pytest.mark.local_aws
def test_the_checkouts_own_local_aws_is_the_default(local_stack):
    """Create the table and the parameter in the test, because the platform of the test project has none."""
    project = ["--project", local_stack.project.root]
    missing = run("recover", *project)
    assert missing.exit_code == 1
    assert f"/amplify/local/amplify-cli-lambda/{USAGE}" in missing.stderr

    name, logs = f"usage-{uuid.uuid4().hex[:8]}", local_stack.client("logs")
    local_stack.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("account", "timestamp")],
        KeySchema=[
            {"AttributeName": "account", "KeyType": "HASH"},
            {"AttributeName": "timestamp", "KeyType": "RANGE"},
        ],
    )
    parameter, group = f"/amplify/local/amplify-cli-lambda/{USAGE}", "/aws/lambda/amplify-cli-greeting-local-lost"
    local_stack.client("ssm").put_parameter(Name=parameter, Value=name, Type="String")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": line(name)}
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event])
    try:
        assert run("recover", *project).stdout == "1 restored.\n"
        assert run("recover", *project, "--service", "amplify-greeting").stdout == "1 was there already.\n"
        assert "request-0" in run("list", "acc-1", "--to", "2026-01-15", *project).stdout
    finally:
        logs.delete_log_group(logGroupName=group)
        local_stack.client("ssm").delete_parameter(Name=parameter)
        local_stack.client("dynamodb").delete_table(TableName=name)
