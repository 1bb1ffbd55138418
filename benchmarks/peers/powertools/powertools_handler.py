"""Implement the endpoint on Powertools for AWS Lambda. The payer is looked up for each request."""

from by_hand import default_account
from powertools_endpoint import endpoint

handler = endpoint(default_account)
"""The Lambda handler."""
