"""A local AWS for a checkout: MiniStack with IAM enforced, and the very service folders that go to production.

`pycommon_cli.local.local_aws.LocalStack` is the way in for Python callers; it is not imported here, because the command
line looks into this package for every command, and most of them need none of it.
"""
