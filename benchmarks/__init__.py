"""Compare the library with the same endpoint on other libraries. `python -m benchmarks` runs all measurements.

| module | contents |
|---|---|
| `__main__`, `measurements` | what is measured |
| `benchmark_peers`, `benchmark_packages`, `peers/` | the endpoint on each library, and its deployment package |
| `benchmark_aws`, `counting_proxy` | the local AWS, and a proxy that counts calls |
| `function_process`, `function_worker` | a function in a separate process |
| `benchmark_report`, `benchmark_charts`, `speed_targets`, `ratio_spread`, `machine_facts` | the results |
| `growth` and `growth_*` | how costs grow with the number and size of things |
| `check_speed`, `declared_variables` | separate scripts: the speed of `pycommon check` and of `@required_env_vars` |
"""
