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
    """What a sign-in yields."""

    access: str
    id: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Signs users in at one pool, and makes those that are missing.

    A password is derived from the user's name and a random secret of the local AWS, so none has to be kept, and two
    sign-ins at once agree upon it.
    """

    client: Any
    pool_id: str
    client_id: str
    secret: Path

    def tokens(self, user: str) -> Tokens:
        """Sign `user` in."""
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
                f"The pool {self.pool_id} wants more of {user!r} than a password: {answer.get('ChallengeName')}."
            )
        result = answer["AuthenticationResult"]
        return Tokens(result["AccessToken"], result["IdToken"])

    def _create(self, user: str) -> None:
        attributes = {"name": user, "email": user if "@" in user else f"{user}@example.com", "email_verified": "true"}
        # A user who exists has another password, given by somebody else; in a local pool it is ours to set.
        with suppress(self.client.exceptions.UsernameExistsException):
            self.client.admin_create_user(
                UserPoolId=self.pool_id,
                Username=user,
                MessageAction="SUPPRESS",
                TemporaryPassword=self._password(user),  # one that MiniStack makes up may break the pool's own policy
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            )
        self.client.admin_set_user_password(
            UserPoolId=self.pool_id, Username=user, Password=self._password(user), Permanent=True
        )

    def _password(self, user: str) -> str:
        digest = hmac.digest(self._secret(), user.encode(), hashlib.sha256)
        return f"aA1!{base64.urlsafe_b64encode(digest).decode()}"  # the prefix satisfies any pool's password policy

    def _secret(self) -> bytes:
        try:
            handle = os.open(self.secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self.secret.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(32))
        return self.secret.read_bytes()
