import json


class SignupService:
    def __init__(self, users, sns, topic):
        self.users = users
        self.sns = sns
        self.topic = topic

    def register(self, mail):
        self.users.put_item(Item={"mail": mail})
        self.sns.publish(TopicArn=self.topic, Message=json.dumps({"mail": mail}))
