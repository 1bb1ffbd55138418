"""Call DynamoDB, Parameter Store and SQS by the AWS JSON protocol, without botocore.

botocore costs a cold start 190 ms, and each call four times the CPU. This package implements only the operations that
the library needs for requests. `pycommon.dal.providers.aws.clients` uses it in a plain Lambda environment, and botocore
in any other one (`client_configuration` decides).

The way of a call through the modules, in order:

1. `service_operations`: the clients of the three services and their operations; `json_client` is their base class.
2. `call_observers`: report the call to `pycommon.env.call_observation`, if observation is on.
3. `json_documents`: encode the parameters, and later decode the response.
4. `credentials`, `clock` and `signing`: sign the request (Signature Version 4).
5. `connections`: send the request over a kept-alive connection.
6. `service_responses` and `client_errors`: turn the response into a result or an error, in botocore's form.
7. `retries`: decide whether to try again.

Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""
