"""`pycommon keys`: create, list, rotate and revoke API keys, in the local AWS or at a deployed stage.

- `keys_commands`: declares the commands. `pycommon.authz.api_key_store` does their work.
- `api_key_table`: finds the table with the API keys of a stage.
"""
