"""Sign a user in at the local user pool."""

import base64
import hashlib
import hmac
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycommon_cli.cli_error import CliError


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a signed-in user."""

    access: str
    id: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """An object that signs users in at one user pool, and creates missing users.

    A password is derived from the user name and a random secret of the local AWS. Passwords therefore need no storage,
    and concurrent sign-ins of a user have the same password.
    """

    client: Any
    pool_id: str
    client_id: str
    secret: Path

    def tokens(self, user: str) -> Tokens:
        """Sign `user` in, and return the tokens."""
        client = self.client
        try:
            return self._authenticate(user)
        except (client.exceptions.UserNotFoundException, client.exceptions.NotAuthorizedException):
            self._create(user)
        try:
            return self._authenticate(user)
        except client.exceptions.ClientError as error:
            raise CliError(f"User {user!r} could not be signed in at the pool {self.pool_id}: {error}.") from None

    def _authenticate(self, user: str) -> Tokens:
        answer = self.client.admin_initiate_auth(
            UserPoolId=self.pool_id,
            ClientId=self.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user, "PASSWORD": self._password(user)},
        )
        if "AuthenticationResult" not in answer:
            raise CliError(
                f"The pool {self.pool_id} asks {user!r} for more than a password: {answer.get('ChallengeName')}."
            )
        result = answer["AuthenticationResult"]
        return Tokens(result["AccessToken"], result["IdToken"])

    def _create(self, user: str) -> None:
        attributes = {"name": user, "email": user if "@" in user else f"{user}@example.com", "email_verified": "true"}
        # An existing user has another password. In a local pool, this command may replace it.
        with suppress(self.client.exceptions.UsernameExistsException):
            self.client.admin_create_user(
                UserPoolId=self.pool_id,
                Username=user,
                MessageAction="SUPPRESS",
                TemporaryPassword=self._password(user),  # a password of MiniStack may violate the pool's policy
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            )
        self.client.admin_set_user_password(
            UserPoolId=self.pool_id, Username=user, Password=self._password(user), Permanent=True
        )

    def _password(self, user: str) -> str:
        digest = hmac.digest(self._secret(), user.encode(), hashlib.sha256)
        return (
            f"aA1!{base64.urlsafe_b64encode(digest).decode()}"  # the prefix satisfies the password policy of any pool
        )

    def _secret(self) -> bytes:
        try:
            handle = os.open(self.secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self.secret.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(32))
        return self.secret.read_bytes()
