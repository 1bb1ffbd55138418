"""Manage a user's files: announce and upload a file, show its status, remove it.

| module | contents |
|---|---|
| `file` | the endpoints |
| `file_record` | the record of a file in `FILES_DYNAMO_TABLE`, and its status |
| `file_key` | the key of a file's object and record |
| `document_formats` | the accepted content types, and the size limit |
| `presigned_upload` | the presigned URL of an upload |
| `removal_handler` | the Lambda function that removes the object of a removed record |
| `expiry_handler` | the Lambda function that removes announcements whose upload never arrived |
"""
