"""Secrets in plain text are found, and references to secrets are not taken for one."""

import pytest

SECRETS = [
    "AWS_KEY: AKIA" + "IOSFODNN7EXAMPLE",
    "ANY: '-----BEGIN RSA " + "PRIVATE KEY-----'",
    "GITHUB: ghp_" + "a1B2" * 9,
    "SLACK: xoxb-" + "123456789012-abcdef",
    "STRIPE: sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "OPENAI: sk-proj-" + "a1B2c3D4e5F6g7H8i9J0k1",
    "DATABASE: postgres://admin:hunter22@db.example.com/x",
    "DB_PASSWORD: hunter22hunter",
    "dbPassword: correct-horse",
    "API_SECRET: 9f86d081884c7d659a2feaa0c55ad015",
    "SIGNING_KEY: Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==",
    "BEARER: eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
]
NO_SECRETS = [
    "DB_PASSWORD: ${ssm:/db/password}",
    "DB_PASSWORD: '{{resolve:secretsmanager:db:SecretString:password}}'",
    "API_KEY: !Ref ApiKey",
    "SECRET_NAME: prod/payment/stripe",
    "LLM_ENDPOINTS_SECRETS_NAME: llm-endpoints-secrets",
    "PUBLIC_KEY: alias/files-key",
    "TABLE_KEY: customer_identifier",
    "API_KEYS_DYNAMODB_TABLE: amplify-v6-object-access-dev-api-keys",
    "KMS_KEY: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "TOKEN_URL: https://issuer.example.com/oauth2/token",
    "PASSWORD: ''",
    "ENABLE_TOKEN: 'true'",
    "DATABASE: postgres://db.example.com/x",
    "DATABASE: postgres://${ssm:/user}:${ssm:/password}@db.example.com/x",
    "COMMIT: 9f86d081884c7d659a2feaa0c55ad015",
    "SORT_KEY: createdAtIso8601V2",
]


@pytest.mark.parametrize("line", SECRETS)
def test_secrets_are_found_where_they_stand(folder, line):
    found = folder.read(f"service: s\nprovider:\n  environment:\n    {line}\n")
    assert [(place.path, place.line) for place in found.secrets] == [("service/serverless.yml", 4)]


@pytest.mark.parametrize("line", NO_SECRETS)
def test_what_is_no_secret(folder, line):
    assert folder.read(f"service: s\nprovider:\n  environment:\n    {line}\n").secrets == ()


def test_secrets_in_files_that_are_included(folder):
    folder.write("settings.yml", "dev:\n  password: correct-horse\nprod:\n  password: battery-staple\n")
    found = folder.read("service: s\ncustom: ${file(settings.yml):dev}\n")
    assert [(place.path, place.line) for place in found.secrets] == [
        ("service/settings.yml", 2),
        ("service/settings.yml", 4),
    ]
