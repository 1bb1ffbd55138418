"""Add the cost of each execution to the sums that rate limits read.

    usage table -> stream -> roll_up_handler -> stream_batch -> row_charging -> costs table
                              schedule       -> close_day_handler           -> costs table

| module | contents |
|---|---|
| `roll_up_handler` | the Lambda function `roll_up_usage`: adds the usage of a stream batch to the costs |
| `close_day_handler` | the Lambda function `close_day`: moves rows of earlier days to today |
| `stream_batch` | sorts the records of a batch by user and account, which have one row in the costs table |
| `usage_item` | reads one item of the usage table |
| `row_charging` | adds usage to one row exactly once, in a transaction |
| `cost_sums` | the arithmetic of a row: add usage, close a day |
| `cost_row_store` | reads a row (with `pycommon.cost_row`) and writes it back under a condition |
| `own_usage` | counts the usage of the roll-up function itself |
| `dead_letters` | sends records that cannot be counted to the dead-letter queue |

docs/costs.md explains the rules. resources/usage-stream.yml configures the stream.
"""
