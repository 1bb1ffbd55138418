"""AWS: clients, attribute values of DynamoDB, and the operations that services declare. See `pycommon.dal`."""
