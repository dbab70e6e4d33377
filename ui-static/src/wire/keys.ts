// The calls about keys, for a key of scope `admin`.

import type { RelayApi } from './api';
import { malformed } from './failure';
import type { KeyInfo, NewKey } from './types';

/** All keys of the account, newest first, without their secrets. */
export async function listKeys(api: RelayApi): Promise<KeyInfo[]> {
  const [value] = await api.json('/v1/keys');
  const keys = (value as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw malformed(api.origin);
  return keys.filter((key): key is KeyInfo => typeof key?.id === 'string');
}

/** Makes a key; the answer is the only time its secret is told. */
export async function createKey(api: RelayApi, scope: string, name: string): Promise<NewKey> {
  const [value] = await api.json('/v1/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scope, name }),
  });
  const made = value as Partial<NewKey> | null;
  if (typeof made?.key !== 'string') throw malformed(api.origin);
  return made as NewKey;
}

/** Ends a key for good; its open feeds end within a second. */
export async function revokeKey(api: RelayApi, id: string): Promise<void> {
  await api.request(`/v1/keys/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
