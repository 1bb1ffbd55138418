"""Call DynamoDB, Parameter Store and SQS by the AWS JSON protocol, without botocore.

With botocore, a cold start takes 190 ms more, and each call takes four times the CPU time. This package implements only
the operations that the library needs for requests. `pycommon.dal.providers.aws.clients` uses this package in a plain
Lambda environment, and botocore in any other environment. `client_configuration` decides which of the two is used.

For a call, the modules run in this order:

1. `service_operations`: define the clients of the three services with their operations. `json_client` has their base
   class.
2. `call_observers`: report the call to `pycommon.env.call_observation`, if observation is on.
3. `json_documents`: encode the parameters, and later decode the response.
4. `credentials`, `clock` and `signing`: sign the request (Signature Version 4).
5. `connections`: send the request over a kept-alive connection.
6. `service_responses` and `client_errors`: turn the response into a result or an error, in botocore's form.
7. `retries`: decide whether to try again.

Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""
