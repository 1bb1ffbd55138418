"""Prepare documents for retrieval: extract the text of uploads, split it into chunks, and send the chunks.

    S3 -> queue -> core -> upload_notification -> upload_claim -> document_download
                        -> chunking_sandbox -> chunking_program -> text_splitting
                        -> chunk_queue

| module | contents |
|---|---|
| `core` | the Lambda function `process_document_for_rag` |
| `upload_notification` | reads S3's messages |
| `upload_claim` | decides which invocation processes an upload |
| `document_download` | downloads the uploaded object |
| `chunking_sandbox`, `chunking_program` | read a document in a separate process with limits |
| `pdf_text`, `docx_text`, `plain_text` | extract the text, one module for each format |
| `extracted_text` | the text of a document, with its pages |
| `text_splitting`, `chunk` | split a text into chunks |
| `chunk_queue` | sends the chunks |
| `document_refusal` | the reasons why a document cannot be processed |

To add a format, add an entry to `files/document_formats.py`, a reader module to this folder, and a case to
`chunking_program`.
"""
