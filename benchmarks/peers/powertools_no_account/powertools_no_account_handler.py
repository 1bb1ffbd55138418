"""Implement the endpoint on Powertools for AWS Lambda. Every user has the same account, without a look-up."""

from by_hand import no_account
from powertools_endpoint import endpoint

handler = endpoint(no_account)
"""The Lambda handler."""
