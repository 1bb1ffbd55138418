"""The endpoint on Powertools for AWS Lambda. Who pays is not looked up: everybody has the same account."""

from by_hand import no_account
from powertools_endpoint import endpoint

handler = endpoint(no_account)
"""Lambda's entry."""
