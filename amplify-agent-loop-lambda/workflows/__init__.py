"""Store workflow templates, and run their steps one after the other. Run each step once.

| module | contents |
|---|---|
| `workflow_steps` | the steps of a workflow, and the checks before a workflow is stored |
| `result_references` | `{"$result": ...}`: results of earlier steps as arguments of later steps |
| `template_store` | workflow templates in `WORKFLOW_TEMPLATES_TABLE` |
| `run_store`, `run_records` | runs and their steps in `WORKFLOW_RUNS_TABLE` |
| `run_execution` | executes the steps of a run |
| `run_lease` | decides which execution may continue a run, and until when |
| `step_call` | the argument that an operation receives when a step calls it |
| `owned_items`, `page_token` | tables whose items belong to an owner, and the pages of lists of these items |
| `json_nesting` | the limit for nested JSON values |

The operations of these workflows are in `service/workflow_handlers.py` and `service/run_handlers.py`.
"""
