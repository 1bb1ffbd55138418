"""`pycommon iam`: the least policy that declarations need, what differs from it, and what was used of it."""
