"""`pycommon usage`: show what an account used, and write usage items that functions could not write.

`usage_commands` declares both commands. `pycommon usage recover` takes these steps:

- `log_sources`: reads log lines from files and from log groups.
- `usage_lines`: finds the items in a line.
- `usage_items`: checks an item.
- `usage_recovery`: writes each item to the table once.

`pycommon usage list` reads the table in `recorded_usage`. `usage_report` prints for both.
"""
