"""From whom the operations are taken (permissions). What they take stands in `@api_tool`, beside each."""
