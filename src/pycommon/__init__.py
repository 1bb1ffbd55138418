"""PyCommon governs AWS Lambda functions: what they declare, who may call them, and who pays for each execution."""
