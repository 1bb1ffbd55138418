"""Policies of IAM: makes them from declarations, and compares them with what is granted.

| module | what it is for |
|---|---|
| `iam_needs` | what the role of a function must allow |
| `resource_expressions` | how a template refers to the resource of a variable |
| `policy_statements` | one statement for each variable and kind of resource |
| `kms_grants` | statements on the KMS keys of tables, queues, topics and secrets |
| `policy_generation` | the policy of a service, or a role for each function |
| `policy_sizes` | IAM's limits; divides policies that are too large |
| `policy_rendering` | policies as YAML and JSON |
| `policy_differences` | needs compared with grants, for `--diff` |
| `grant_matching` | IAM's evaluation: whether grants allow an action |
| `arn_templates` | ARNs in fields, and the ARNs of a resource that a variable names |
| `iam_actions` | which actions IAM has, and the resource types of each |

To add a resource type, touch `arn_templates` (its ARN) and `resource_expressions` (its CloudFormation types).
To add a service that encrypts with KMS, touch `kms_grants`.
The needs of a handler come from `pycommon_cli.analysis.handler_needs`.
"""
