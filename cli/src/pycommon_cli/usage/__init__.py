"""`pycommon usage`: show what an account used, and write usage items that functions could not write.

`usage_commands` declares both commands. `pycommon usage recover` takes these steps:

- `log_sources`: reads log lines from files and from log groups.
- `usage_lines`: finds the usage items in a line.
- `usage_items`: checks an item.
- `usage_recovery`: writes each item to the table once.

For `pycommon usage list`, `recorded_usage` reads the table. `usage_report` prints the results of both commands.
"""
