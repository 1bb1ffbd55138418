"""`pycommon local`: a local AWS for a checkout. MiniStack enforces IAM and runs the service folders of production.

Python callers use `local_aws.LocalAws`. This package does not import the class, because most commands do not need it.

- `local_commands`: declares the commands. `checkout_local_aws` opens the local AWS of a checkout for them.
- `local_aws`: starts, queries and stops the local AWS, and deploys services to it. The module combines the modules
  below. `local_aws_status` describes the status of the local AWS.
- Processes: `ministack` starts and stops MiniStack. `lambda_runtime` installs MiniStack's Python environment.
  `saved_state` keeps MiniStack's state between two starts. `local_processes` finds and stops processes. `command_lock`
  allows one command at a time.
- Deployment: `local_deploy` chooses the fastest way. `deployed_sources` finds the changed files. `deployment_package`
  replaces code in the last package. The module `osls` deploys a whole service with the Serverless Framework.
  `local_stacks` reads and deletes CloudFormation stacks.
- Requests: `local_clients` (boto3), `rest_api` (HTTP), `user_sign_in` (tokens), `function_logs`.
- Files: `project_folders` (the checkout, the folder of a local AWS), `serverless_file` (values of a serverless.yml).
"""
