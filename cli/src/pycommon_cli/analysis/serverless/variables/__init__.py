"""Resolve the variables of serverless.yml, `${...}`.

- `variable_syntax`: parses a text into pieces. Add a new form of syntax here.
- `variable_evaluation`: resolves the pieces. Add a new source (`${...:}`) in `VariableEvaluation._source`.
"""
