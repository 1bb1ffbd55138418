"""Compare the library with the same endpoint on other libraries. `python -m benchmarks` runs all measurements.

| module | contents |
|---|---|
| `__main__`, `measurements` | the command, and the measurements |
| `benchmark_peers`, `benchmark_packages`, `peers/` | the endpoint on each library, and its deployment package |
| `benchmark_aws`, `counting_proxy` | the local AWS, and a proxy that counts calls |
| `function_process`, `function_worker` | a function in a separate process |
| `benchmark_report`, `benchmark_charts`, `speed_targets`, `ratio_spread`, `machine_facts` | the results |
| `growth` and `growth_*` | a measurement of how the cost of a request grows, for example with the number of routes |
| `check_speed` | a separate script, which measures the speed of `pycommon check` |
| `declared_variables` | a separate script, which measures the speed of `@required_env_vars` |
"""
