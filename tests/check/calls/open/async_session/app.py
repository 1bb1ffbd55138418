import asyncio
import os

import aioboto3

session = aioboto3.Session()


async def load(key):
    async with session.client("s3") as s3:
        answer = await s3.get_object(Bucket=os.environ["ASSETS_BUCKET"], Key=key)  # aws: s3:GetObject ASSETS_BUCKET
        return await answer["Body"].read()


async def save(items):
    async with session.resource("dynamodb") as dynamodb:
        table = await dynamodb.Table(os.environ["ASSETS_TABLE"])
        async with table.batch_writer() as batch:
            for item in items:
                await batch.put_item(Item=item)  # aws: dynamodb:BatchWriteItem ASSETS_TABLE


async def main(event):
    found = await asyncio.gather(*[load(key) for key in event["keys"]])
    await save([{"id": str(index), "data": each} for index, each in enumerate(found)])


def handler(event, context):
    asyncio.run(main(event))
