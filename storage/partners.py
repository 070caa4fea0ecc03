"""Named queries of partners' sealed client secrets."""

from sqlalchemy import bindparam, delete, insert

from storage.policy_tables import ProviderSecret
from storage.tables import table

SECRETS = table(ProviderSecret)
ADD = insert(SECRETS)
REMOVE = delete(SECRETS).where(
    SECRETS.c.tenant_id == bindparam("tenant_id"), SECRETS.c.provider_id == bindparam("provider_id")
)
