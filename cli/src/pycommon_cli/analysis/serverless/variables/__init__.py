"""Variables of serverless.yml, `${...}`: their syntax, and what they stand for as far as files tell."""
