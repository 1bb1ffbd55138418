"""Read a service's `serverless.yml`. The reader does not run code and does not call AWS.

"osls" in these modules is the Serverless Framework (osls), the tool that deploys `serverless.yml`.

In the order of reading:

- `serverless_reader`: has `read_configuration`, which performs the steps below.
- `configuration_files`, `yaml_documents`, `document_nodes`: read files as trees of nodes with places.
- `variables`: parses and resolves variables (`${...}`).
- `merged_sections`: makes one mapping from a list of mappings.
- `cloudformation_functions`, `resource_types`: evaluate `Ref`, `Fn::GetAtt` and `Fn::Sub`.
- `symbolic_text`: makes texts with parts that only AWS knows.
- `function_events`: reads triggers. Add a new kind of event here, and its grants in `osls_grants`.
- `function_roles`, `policy_grants`, `managed_policies`, `osls_grants`: find the role of a function and its grants.
- `iam_wildcards`: compares patterns of actions and resources.
- `osls_names`: computes the names that osls generates.
- `plain_text_secrets`: finds secrets.
- `reading_troubles`: collects what could not be read.
"""

from pycommon_cli.analysis.serverless.serverless_reader import FILE_NAMES, read_configuration

__all__ = ["FILE_NAMES", "read_configuration"]
