import type { ClientKeyView, DeletedKeysView, DeletedKeyView } from './client-keys.dto.js';
import type { DeletedKey, ListedKey, FailedDeletion } from './client-keys.service.js';

const MASK = '********';

/** The messages about keys that a bulk deletion can't delete, by status; they equal those of a single deletion. */
const MESSAGES: Record<number, string> = {
  403: 'Insufficient permissions to delete this API key',
  404: 'API Key not found',
};

export function presentClientKey({ key, secret, isActive }: ListedKey, clientId: string): ClientKeyView {
  return {
    id: key.id,
    client_id: clientId,
    apikey: key.publicId,
    apisecret: secret ?? MASK,
    scopes: key.scopes?.join(' ') ?? null,
    is_active: Number(isActive),
    created_at: key.createdAt.toISOString(),
    updated_at: key.updatedAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
  };
}

export function presentDeletedKey({ id, deletedAt }: DeletedKey): DeletedKeyView {
  return { deleted_id: id, deleted_at: deletedAt.toISOString() };
}

export function presentDeletedKeys(result: { deleted: DeletedKey[]; failed: FailedDeletion[] }): DeletedKeysView {
  return {
    deleted: result.deleted.map(presentDeletedKey),
    failed: result.failed.map(({ id, error: { status } }) => ({ id, status, message: MESSAGES[status] ?? 'Failed' })),
  };
}
