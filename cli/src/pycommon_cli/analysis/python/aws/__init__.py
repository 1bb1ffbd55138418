"""The AWS SDK as the interpreter sees it: clients, resources, and which operations and IAM actions their calls are."""
