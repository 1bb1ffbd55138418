"""Split uploads into chunks exactly once. Other documents are refused, or delivered again."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.testing import LambdaContext, fresh_execution_environment
from rag import core
from rag.core import process_document_for_rag
from rag.document_refusal import RefusalCode
from rag.upload_claim import NoClaimReason, RefusedClaim, UploadClaim, claim
from rag.upload_notification import uploads_in
from tests.amplify_lambda import document_samples as samples
from tests.amplify_lambda.documents_service import CHUNKS, sqs_record

if TYPE_CHECKING:
    from tests.amplify_lambda.documents_service import DocumentService

TEXT = ("A sentence of a document. " * 30 + "\n\n") * 20
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def process(*messages: dict[str, Any], context: LambdaContext | None = None) -> list[str]:
    """Return the ids of the messages that stay in the queue."""
    answer = process_document_for_rag({"Records": list(messages)}, context or LambdaContext(timeout_s=300))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("text/plain", TEXT.encode()),
        ("text/markdown", TEXT.encode()),
        ("application/pdf", samples.pdf(TEXT[:2000], TEXT[:2000])),
        (WORD, samples.word(*TEXT.split("\n\n"))),
    ],
    ids=["text", "markdown", "pdf", "docx"],
)
def test_a_document_becomes_chunks(service: DocumentService, content_type: str, content: bytes) -> None:
    file_id = service.announce(content_type)
    assert process(service.upload(file_id, content)) == []
    chunks, record = service.chunks(), service.record(file_id)
    assert (record["status"], record["chunks"]) == ("chunked", len(chunks))
    assert not {"awaited", "claimed_by", "claimed_until"} & record.keys()
    assert [chunk["index"] for chunk in chunks] == list(range(len(chunks)))
    assert len({chunk["chunkId"] for chunk in chunks}) == len(chunks) > 1
    for chunk in chunks:
        assert chunk.keys() == {"chunkId", "fileId", "user", "account", "index", "count", "text", "location"}
        assert (chunk["fileId"], chunk["user"], chunk["account"]) == (file_id, "ada", "account-of-ada")
        assert chunk["count"] == len(chunks)
    assert ("page" in chunks[0]["location"]) == (content_type == "application/pdf")
    assert service.usage() == {("account-of-ada", "ada"): 1}


def test_a_message_delivered_again_makes_no_second_set(service: DocumentService) -> None:
    message = service.upload(service.announce(), TEXT.encode())
    assert process(message, message) == []
    count = len(service.chunks())
    assert process(message) == []
    assert service.chunks() == []
    assert count > 1
    assert service.usage() == {("account-of-ada", "ada"): 1}


def test_deliveries_at_once_make_one_set(service: DocumentService) -> None:
    message = service.upload(service.announce(), TEXT.encode())
    with ThreadPoolExecutor(4) as pool:
        stayed = list(pool.map(lambda _: process(message), range(4)))
    chunks = service.chunks()
    assert len(chunks) == chunks[0]["count"]
    # The delivery during the processing is repeated, and finds the document finished.
    assert all(each in ([], [message["messageId"]]) for each in stayed)
    assert process(message) == []
    assert service.chunks() == []


@pytest.mark.parametrize(
    ("content_type", "content", "code"),
    [
        ("application/pdf", samples.pdf("secret", password="x"), RefusalCode.ENCRYPTED),
        ("application/pdf", b"no PDF", RefusalCode.DAMAGED),
        ("application/pdf", samples.pdf(""), RefusalCode.EMPTY),
        (WORD, b"no archive", RefusalCode.DAMAGED),
        ("text/plain", b"", RefusalCode.EMPTY),
        ("text/plain", b"\xff\xff", RefusalCode.NOT_TEXT),
        ("image/png", b"\x89PNG", RefusalCode.UNKNOWN_TYPE),
    ],
)
def test_a_document_that_cannot_be_processed_is_done(
    service: DocumentService, content_type: str, content: bytes, code: RefusalCode
) -> None:
    file_id = service.announce(content_type)
    message = service.upload(file_id, content)
    assert process(message) == []
    record = service.record(file_id)
    assert (record["status"], record["failure"]["code"]) == ("failed", code)
    assert record["failure"]["reason"].endswith(".")
    assert process(message) == []  # and stays so
    assert service.chunks() == []


def test_a_file_that_is_too_large_is_not_fetched(service: DocumentService) -> None:
    file_id = service.announce()
    message = service.upload(file_id, b"small")
    event = json.loads(message["body"])
    event["Records"][0]["s3"]["object"]["size"] = 100_000_000
    assert process(sqs_record(json.dumps(event))) == []
    assert service.record(file_id)["failure"]["code"] == RefusalCode.TOO_LARGE


def test_a_later_upload_of_a_key_is_processed_and_an_earlier_one_is_not(service: DocumentService) -> None:
    file_id = service.announce()
    first, second = service.upload(file_id, b"First."), service.upload(file_id, b"Second.")
    assert process(second) == []
    assert process(first) == []
    assert [chunk["text"] for chunk in service.chunks()] == ["Second."]


def test_an_upload_that_was_replaced_is_left_to_the_later_one(service: DocumentService) -> None:
    file_id = service.announce()
    first, second = service.upload(file_id, b"First."), service.upload(file_id, b"Second.")
    assert process(first, second) == []
    assert [chunk["text"] for chunk in service.chunks()] == ["Second."]
    assert service.record(file_id)["status"] == "chunked"
    assert "failure" not in service.record(file_id)


def test_an_object_that_is_gone_is_told(service: DocumentService) -> None:
    file_id = service.announce()
    message = service.upload(file_id, b"Hello.")
    service.aws.client("s3").delete_object(Bucket=service.variables["S3_RAG_INPUT_BUCKET_NAME"], Key=file_id)
    assert process(message) == []
    assert service.record(file_id)["failure"]["code"] == RefusalCode.MISSING


def test_an_upload_without_a_record_is_hidden_and_can_be_brought_back(service: DocumentService) -> None:
    assert process(service.upload("ada/5f0c/late.txt", b"Hello.")) == []
    assert service.chunks() == []
    assert service.versions("ada/5f0c/late.txt") == (1, 1)


def test_the_test_event_is_no_failure(service: DocumentService) -> None:
    assert process(sqs_record('{"Service":"Amazon S3","Event":"s3:TestEvent"}')) == []


@pytest.mark.parametrize("wrong", ["rubbish", "{}"])
def test_what_s3_did_not_send_stays_and_the_others_do_not(service: DocumentService, wrong: str) -> None:
    file_id = service.announce()
    rubbish = sqs_record(wrong)
    assert process(rubbish, service.upload(file_id, b"Hello.")) == [rubbish["messageId"]]
    assert service.record(file_id)["status"] == "chunked"


def test_another_bucket_is_not_served(service: DocumentService) -> None:
    file_id = service.announce()
    message = service.upload(file_id, b"Hello.")
    message["body"] = message["body"].replace(service.variables["S3_RAG_INPUT_BUCKET_NAME"], "other-bucket")
    assert process(message) == [message["messageId"]]
    assert service.record(file_id)["status"] == "announced"


def test_an_error_of_aws_leaves_the_document_for_the_next_delivery(
    service: DocumentService, caplog: pytest.LogCaptureFixture
) -> None:
    file_id = service.announce()
    message = service.upload(file_id, TEXT.encode())
    gone = f"{service.variables[CHUNKS]}-gone"
    with fresh_execution_environment({**service.variables, CHUNKS: gone}):
        assert process(message) == [message["messageId"]]
    assert service.record(file_id)["status"] == "uploaded"
    assert "NonExistentQueue" in caplog.text or "QueueDoesNotExist" in caplog.text
    assert "sentence of a document" not in caplog.text
    assert process(message) == []
    assert service.record(file_id)["status"] == "chunked"


def test_a_processing_that_died_is_taken_over_when_its_time_is_over(service: DocumentService) -> None:
    file_id = service.announce()
    message = service.upload(file_id, b"Hello.")
    (upload,) = uploads_in(message["body"])
    assert isinstance(claim(upload, seconds=-1), UploadClaim)  # an invocation that should have ended a second ago
    assert process(message) == []
    assert service.record(file_id)["status"] == "chunked"


def test_a_processing_at_work_is_not_disturbed(service: DocumentService) -> None:
    file_id = service.announce()
    message = service.upload(file_id, b"Hello.")
    (upload,) = uploads_in(message["body"])
    held = claim(upload, seconds=60)
    assert isinstance(held, UploadClaim)
    assert process(message) == [message["messageId"]]
    assert service.record(file_id)["status"] == "processing"
    assert held.complete(1)
    assert claim(upload, seconds=60) == RefusedClaim(NoClaimReason.DONE, claim(upload, seconds=60).record)


def test_who_lost_the_claim_writes_nothing(service: DocumentService) -> None:
    file_id = service.announce()
    (upload,) = uploads_in(service.upload(file_id, b"Hello.")["body"])
    late, current = claim(upload, seconds=-1), claim(upload, seconds=60)
    assert isinstance(late, UploadClaim)
    assert isinstance(current, UploadClaim)
    assert not late.complete(7)
    assert not late.release()
    assert current.complete(1)
    assert service.record(file_id)["chunks"] == 1


def test_a_file_removed_while_it_is_processed_does_not_come_back(service: DocumentService) -> None:
    file_id = service.announce()
    (upload,) = uploads_in(service.upload(file_id, b"Hello.")["body"])
    held = claim(upload, seconds=60)
    assert isinstance(held, UploadClaim)
    service.aws.client("dynamodb").delete_item(
        TableName=service.variables["FILES_DYNAMO_TABLE"], Key={"id": {"S": file_id}}
    )
    assert not held.complete(1)
    assert service.aws.items("FILES_DYNAMO_TABLE") == []


def test_too_little_time_leaves_the_document_untouched(service: DocumentService) -> None:
    file_id = service.announce()
    message = service.upload(file_id, b"Hello.")
    assert process(message, context=LambdaContext(timeout_s=60)) == [message["messageId"]]
    assert service.record(file_id)["status"] == "announced"


def test_time_that_runs_out_while_chunks_are_sent_is_no_fault_of_the_document(service: DocumentService) -> None:
    file_id = service.announce()
    (upload,) = uploads_in(service.upload(file_id, TEXT.encode())["body"])
    time_left = iter([300_000])
    with pytest.raises(core.InvocationEndsSoonError):
        core._process_upload(upload, lambda: next(time_left, 1_000))
    assert service.record(file_id)["status"] == "uploaded"


def test_each_uploader_of_a_batch_pays_for_their_own(service: DocumentService) -> None:
    messages = [service.upload(service.announce(user=user), b"Hello.") for user in ("ada", "ada", "eve")]
    assert process(*messages) == []
    assert service.usage() == {("account-of-ada", "ada"): 2, ("account-of-eve", "eve"): 1}


def test_neither_text_nor_names_are_logged(service: DocumentService, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    process(service.upload(service.announce(user="CANARY"), b"CANARY text"))
    assert "CANARY" not in "".join(record.getMessage() for record in caplog.records)
