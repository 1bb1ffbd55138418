"""The operations of Cognito user pools."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["CognitoOperation"]

_ANY = ResourceType.ANY


class CognitoOperation(AWSOperation, service="cognito-idp", prefix="cognito-idp", resource=ResourceType.USER_POOL):
    """Operations on the users and groups of a user pool. These operations need IAM credentials."""

    ADMIN_GET_USER = "AdminGetUser"
    ADMIN_CREATE_USER = "AdminCreateUser"
    ADMIN_UPDATE_USER = "AdminUpdateUserAttributes"
    ADMIN_UPDATE_USER_ATTRIBUTES = ADMIN_UPDATE_USER  # the API has the first name, the specification the second
    ADMIN_DELETE_USER_ATTRIBUTES = "AdminDeleteUserAttributes"
    ADMIN_DELETE_USER = "AdminDeleteUser"
    ADMIN_ENABLE_USER = "AdminEnableUser"
    ADMIN_DISABLE_USER = "AdminDisableUser"
    ADMIN_CONFIRM_SIGN_UP = "AdminConfirmSignUp"
    ADMIN_SET_USER_PASSWORD = "AdminSetUserPassword"  # noqa: S105 - the name of an operation
    ADMIN_RESET_USER_PASSWORD = "AdminResetUserPassword"  # noqa: S105 - as above
    ADMIN_SET_USER_MFA_PREFERENCE = "AdminSetUserMFAPreference"
    ADMIN_INITIATE_AUTH = "AdminInitiateAuth"
    ADMIN_RESPOND_TO_AUTH_CHALLENGE = "AdminRespondToAuthChallenge"
    ADMIN_USER_GLOBAL_SIGN_OUT = "AdminUserGlobalSignOut"
    ADMIN_LIST_USER_AUTH_EVENTS = "AdminListUserAuthEvents"
    ADMIN_LINK_PROVIDER_FOR_USER = "AdminLinkProviderForUser"
    ADMIN_DISABLE_PROVIDER_FOR_USER = "AdminDisableProviderForUser"
    ADMIN_ADD_USER_TO_GROUP = "AdminAddUserToGroup"
    ADMIN_REMOVE_USER_FROM_GROUP = "AdminRemoveUserFromGroup"
    ADMIN_LIST_GROUPS_FOR_USER = "AdminListGroupsForUser"
    ADMIN_LIST_DEVICES = "AdminListDevices"
    ADMIN_GET_DEVICE = "AdminGetDevice"
    ADMIN_FORGET_DEVICE = "AdminForgetDevice"
    ADMIN_UPDATE_DEVICE_STATUS = "AdminUpdateDeviceStatus"
    LIST_USERS = "ListUsers"
    LIST_USERS_IN_GROUP = "ListUsersInGroup"
    LIST_GROUPS = "ListGroups"
    GET_GROUP = "GetGroup"
    CREATE_GROUP = "CreateGroup"
    UPDATE_GROUP = "UpdateGroup"
    DELETE_GROUP = "DeleteGroup"
    DESCRIBE_USER_POOL = "DescribeUserPool"
    DESCRIBE_USER_POOL_CLIENT = "DescribeUserPoolClient"
    LIST_USER_POOL_CLIENTS = "ListUserPoolClients"
    LIST_USER_POOLS = "ListUserPools", permit("ListUserPools", _ANY)
