"""Create the TLS context for connections to other servers, once per execution environment."""

from __future__ import annotations

import ssl

from pycommon.execution_environment import per_execution_environment

__all__ = ["trust"]


@per_execution_environment
def trust() -> ssl.SSLContext:
    """Return a context that checks host names, and trusts the certificates of the system (SSL_CERT_FILE, SSL_CERT_DIR).

    Reading the certificates takes 10 ms or more. Therefore the connections to the token issuer and to AWS share one
    context.
    """
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
