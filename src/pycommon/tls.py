"""TLS to other servers: who is trusted, found out once for whoever connects first."""

from __future__ import annotations

import ssl

from pycommon.execution_environment import per_execution_environment

__all__ = ["trust"]


@per_execution_environment
def trust() -> ssl.SSLContext:
    """Certificates and names are checked, against what the system trusts (SSL_CERT_FILE, SSL_CERT_DIR).

    Reading that takes 10 ms or more, so the issuer's keys and AWS share it.
    """
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
