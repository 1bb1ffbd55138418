"""The library's own AWS calls: DynamoDB, Parameter Store and SQS by the AWS JSON protocol, over `http.client`.

botocore does the same, and everything else; it costs 190 ms of a cold start, and a call four times the CPU. So the few
operations that the library needs on every request are spoken here, where the environment is that of a plain Lambda
function; wherever it asks for more, `configuration` leaves the calls to botocore.

Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""
