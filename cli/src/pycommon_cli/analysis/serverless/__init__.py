"""Read a service's `serverless.yml` without running anything and without calling AWS.

In the order of reading:

- `serverless_reader`: `read_configuration`, which leads through the steps below.
- `configuration_files`, `yaml_documents`, `document_nodes`: files as trees of nodes with places.
- `variables`: `${...}`: syntax and resolution.
- `merged_sections`: lists of mappings as one mapping.
- `cloudformation_functions`, `resource_types`: `Ref`, `Fn::GetAtt`, `Fn::Sub`, and the identifiers of resource types.
- `symbolic_text`: texts with parts that only AWS knows.
- `function_events`: triggers. A new kind of event begins here, and its grants in `osls_grants`.
- `function_roles`, `policy_grants`, `managed_policies`, `osls_grants`: the role of a function and its grants.
- `iam_wildcards`: compares patterns of actions and resources.
- `osls_names`, `plain_text_secrets`, `reading_troubles`: names that osls generates, secrets, troubles.
"""

from pycommon_cli.analysis.serverless.serverless_reader import FILE_NAMES, read_configuration

__all__ = ["FILE_NAMES", "read_configuration"]
