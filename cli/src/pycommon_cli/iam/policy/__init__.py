"""IAM policies: what a role allows, and the least that declarations need."""
