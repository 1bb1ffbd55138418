"""Resolve the variables of serverless.yml, `${...}`.

- `variable_syntax`: parses a text into pieces. A new form of syntax begins here.
- `variable_evaluation`: resolves the pieces. A new source (`${...:}`) is an entry in `VariableEvaluation._source`.
"""
