"""Makes IAM policies from declarations, and compares them with what is granted.

| module | what it is for |
|---|---|
| `iam_needs` | lists what the role of a function must allow |
| `resource_expressions` | writes how a template refers to the resource of a variable |
| `policy_statements` | makes one statement for each variable and kind of resource |
| `kms_grants` | makes statements on the KMS keys of tables, queues, topics and secrets |
| `policy_generation` | generates the policy of a service, or a role for each function |
| `policy_sizes` | knows IAM's limits, and divides policies that are too large |
| `policy_rendering` | renders policies as YAML and JSON |
| `policy_differences` | compares needs with grants, for `--diff` |
| `grant_matching` | evaluates like IAM whether grants allow an action |
| `arn_templates` | divides ARNs into fields, and makes the ARNs of a resource that a variable names |
| `iam_actions` | knows which actions IAM has, and the resource types of each action |

To add a resource type, change `arn_templates` (its ARN) and `resource_expressions` (its CloudFormation types).
To add a service that encrypts with KMS, change `kms_grants`.
The needs of a handler come from `pycommon_cli.analysis.handler_needs`.
"""
