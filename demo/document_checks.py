"""Check documents: upload, chunks, deletion, usage items of each function, costs and limits."""

from __future__ import annotations

import http.client
import json
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from demo import aws_lookups
from demo.checks import GOOD, PATH, awaited
from pycommon.dal.providers.aws.attribute_values import to_item

if TYPE_CHECKING:
    from demo.checks import Tour

__all__ = ["charged", "limited", "processed", "put"]

FOLDER = "amplify-lambda"
TEXT = "\n\n".join(f"Paragraph {number}. " + "Every execution has a payer. " * 30 for number in range(1, 9))
PATIENCE_S = 30.0
MILLION_TIMES = '{"*": {"x86_64": "16.6667", "arm64": "13.3334", "request": "0.2"}}'
ONE_CENT = {"period": "Daily", "rate": Decimal("0.01")}


def processed(tour: Tour) -> None:
    """Upload a document with a presigned URL, read its chunks, and delete it. The uploader must pay for each step."""
    user = _uploader(tour)
    token = tour.stack.token(user)
    never_comes = _announce(tour, token, "never-comes.txt", expiresIn=1)
    overdue = time.monotonic() + 7  # the URL is valid for 1 s, and the service waits 5 s more
    announced = _announce(tour, token, "payers.txt", fileSize=len(TEXT.encode()))
    status = put(announced["uploadUrl"], announced["headers"], TEXT.encode())
    tour.report.check("PUT to the presigned URL", str(status), right=status == 200)  # noqa: PLR2004 - OK
    file_id = announced["fileId"]
    found = awaited(lambda: _status(tour, token, file_id, "chunked"), 1, PATIENCE_S)
    chunks = _chunks(tour, file_id)
    complaints = aws_lookups.complaints(tour.stack, tour.began, f"{FOLDER}:process_document_for_rag")
    tour.report.check(
        "the document becomes chunks on the queue",
        f"{len(chunks)} chunks of {file_id.rpartition('/')[2]}",
        right=bool(found) and len(chunks) == found[0]["chunks"] > 1 and {chunk["user"] for chunk in chunks} == {user},
        why=complaints,
    )
    _delete(tour, token, file_id)
    time.sleep(max(0.0, overdue - time.monotonic()))
    _expire(tour, never_comes["fileId"], token)
    _paid_by_the_uploader(tour, user)


def charged(tour: Tour) -> None:
    """Compare the costs table with the sum of the usage items, to the last digit."""
    user = _uploader(tour)

    def used_and_spent() -> list[dict[str, Any]]:
        used = sum((_cost(item) for item in aws_lookups.usage(tour.stack, tour.began, user)), Decimal(0))
        spent = sum(aws_lookups.spent(tour.stack, user).values(), Decimal(0))
        return [{"used": used, "spent": spent}] if used == spent else []

    equal = awaited(used_and_spent, 1, PATIENCE_S)
    spent = aws_lookups.spent(tour.stack, user)
    tour.report.check(
        f"the costs table has the sum of the items of {user}",
        f"{sum(spent.values(), Decimal(0)):f} USD",
        right=bool(equal) and equal[0]["used"] > 0,
        why=aws_lookups.complaints(tour.stack, tour.began, "amplify-platform:roll_up_usage"),
    )
    aws_lookups.invoke(tour.stack, "amplify-platform:close_day", _tick())
    again = aws_lookups.spent(tour.stack, user)
    tour.report.check("closing the day does not change the costs of today", "unchanged", right=again == spent)


def limited(tour: Tour) -> None:
    """Set a daily limit of one cent, and prices that are a million times the prices of Lambda.

    Within seconds, the status of the response must change from 200 to 429.
    """
    user = f"max-{tour.began:.0f}"
    token = tour.stack.token(user)
    account = {"id": "acc-max", "name": "One cent a day", "isDefault": True, "rateLimit": ONE_CENT}
    table = aws_lookups.variables(tour.stack)["ACCOUNTS_DYNAMO_TABLE"]
    tour.stack.client("dynamodb").put_item(TableName=table, Item=to_item({"user": user, "accounts": [account]}))
    with aws_lookups.other_variables(tour.stack, LAMBDA_PRICES=MILLION_TIMES, ACCOUNT_CACHE_SECONDS="1"):
        tour.ask("a limit of one cent a day, nothing spent", 200, token=token, data=GOOD)
        began = time.monotonic()
        refused = awaited(lambda: _refusals(tour, token), 1, PATIENCE_S)
        tour.report.check(
            f"POST {PATH} after more than a cent is spent",
            f"429 after {time.monotonic() - began:.1f} s, Retry-After {refused[0]['retry-after']} s"
            if refused
            else "200",
            right=bool(refused),
            why=aws_lookups.complaints(tour.stack, tour.began, "amplify-platform:roll_up_usage", aws_lookups.FUNCTION),
        )


def _uploader(tour: Tour) -> str:
    """Return a new user, whose costs come only from this tour."""
    return f"lin-{tour.began:.0f}"


def _announce(tour: Tour, token: str, name: str, **further: int) -> dict[str, Any]:
    data = {"data": {"fileName": name, "fileType": "text/plain", **further}}
    answer = tour.stack.call("POST", "/files/upload", data=data, token=token)
    body = answer.json() if answer.body.startswith("{") else {}
    right = answer.status == 200 and "uploadUrl" in body  # noqa: PLR2004 - OK
    why = aws_lookups.complaints(tour.stack, tour.began, f"{FOLDER}:get_presigned_url")
    tour.report.check(f"POST /files/upload of {name}", f"{answer.status} {body.get('fileId')}", right=right, why=why)
    return {"uploadUrl": "", "headers": {}, "fileId": "", **body}


def put(url: str, headers: dict[str, str], content: bytes) -> int:
    """Upload to a presigned URL, and return the status of the response."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("PUT", f"{parts.path}?{parts.query}", body=content, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _status(tour: Tour, token: str, file_id: str, wanted: str) -> list[dict[str, Any]]:
    answer = tour.stack.call("POST", "/files/status", data={"data": {"fileId": file_id}}, token=token).json()
    return [answer] if answer.get("status") == wanted else []


def _chunks(tour: Tour, file_id: str) -> list[dict[str, Any]]:
    """Return the chunks of the file on the queue, without deleting them."""
    queue = aws_lookups.variables(tour.stack, f"{FOLDER}:process_document_for_rag")["RAG_CHUNK_DOCUMENT_QUEUE_URL"]
    sqs, found = tour.stack.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        found += [json.loads(message["Body"]) for message in messages]
    return [chunk for chunk in found if chunk["fileId"] == file_id]


def _delete(tour: Tour, token: str, file_id: str) -> None:
    bucket = aws_lookups.variables(tour.stack, f"{FOLDER}:get_presigned_url")["S3_RAG_INPUT_BUCKET_NAME"]
    s3 = tour.stack.client("s3")
    answer = tour.stack.call("POST", "/files/delete", data={"data": {"fileId": file_id}}, token=token)

    def gone() -> list[dict[str, Any]]:
        return [] if s3.list_object_versions(Bucket=bucket, Prefix=file_id).get("Versions") else [{}]

    removed = awaited(gone, 1, PATIENCE_S)
    tour.report.check(
        "POST /files/delete; the stream deletes the object",
        f"{answer.status}, the object is {'gone' if removed else 'still there'}",
        right=answer.status == 200 and bool(removed),  # noqa: PLR2004 - OK
        why=aws_lookups.complaints(tour.stack, tour.began, f"{FOLDER}:delete_file", f"{FOLDER}:remove_stored_object"),
    )


def _expire(tour: Tour, file_id: str, token: str) -> None:
    """Invoke the function of the schedule, which is also invoked every minute. Check that the upload is removed."""
    answer = aws_lookups.invoke(tour.stack, f"{FOLDER}:expire_uploads", _tick())
    status = tour.stack.call("POST", "/files/status", data={"data": {"fileId": file_id}}, token=token).status
    tour.report.check(
        "the schedule deletes the entry of an upload that never came",
        json.dumps(answer),
        right=status == 404,  # noqa: PLR2004 - not found
        why=aws_lookups.complaints(tour.stack, tour.began, f"{FOLDER}:expire_uploads"),
    )


def _tick() -> dict[str, Any]:
    """Return the event of a schedule, as EventBridge sends it."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "time": now, "detail": {}}


def _paid_by_the_uploader(tour: Tour, user: str) -> None:
    sources = ("HTTP", "SQS", "DynamoDB Stream", "Scheduled")

    def items() -> list[dict[str, Any]]:
        of_user = aws_lookups.usage(tour.stack, tour.began - 1, user)
        by_source = {str(item["event_source"]): item for item in of_user}
        return [by_source[source] for source in sources if source in by_source]

    found = {str(item["event_source"]): item for item in awaited(items, len(sources), PATIENCE_S)}
    for source in sources:
        item = found.get(source)
        came_back = (
            "no item" if item is None else f"{item['operation']}: {_cost(item):.10f} USD, paid by {item['account']}"
        )
        tour.report.check(f"{source}: the uploader pays", came_back, right=item is not None)


def _cost(item: dict[str, Any]) -> Decimal:
    return Decimal(item["lambda_cost"]) + Decimal(item["request_cost"])


def _refusals(tour: Tour, token: str) -> list[dict[str, Any]]:
    answer = tour.stack.call("POST", PATH, data=GOOD, token=token)
    return [answer.headers] if answer.status == 429 else []  # noqa: PLR2004 - too many requests
