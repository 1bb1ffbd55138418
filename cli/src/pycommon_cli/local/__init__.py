"""`pycommon local`: a local AWS for a checkout. MiniStack enforces IAM and runs the service folders of production.

Python callers use `local_aws.LocalAws`. This package does not import it, because most commands do not need it.

- `local_commands`: the commands. `checkout_local_aws` opens the local AWS of a checkout for them.
- `local_aws`: starts, deploys, queries and stops. It combines the modules below. `local_aws_status` is its status.
- Processes: `ministack` (start and stop), `lambda_runtime` (its Python environment), `saved_state` (its state between
  runs), `local_processes` (find and stop processes), `command_lock` (one command at a time).
- Deployment: `local_deploy` chooses the fastest way. `deployed_sources` finds the changed files, `deployment_package`
  replaces code in the last package, `osls` deploys everything, `local_stacks` reads and deletes CloudFormation stacks.
- Requests: `local_clients` (boto3), `rest_api` (HTTP), `user_sign_in` (tokens), `function_logs`.
- Files: `project_folders` (the checkout, the folder of a local AWS), `serverless_file` (values of a serverless.yml).
"""
