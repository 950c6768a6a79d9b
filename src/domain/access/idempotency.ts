import { and, eq, gt, lt } from 'drizzle-orm'
import { idempotencyKeys } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import type { Write } from '../core/commit/writes.ts'
import { deleteExpiredRows } from '../core/delete-expired.ts'
import { dayMs } from '../core/durations.ts'
import { DomainError } from '../core/errors.ts'
import { AsciiName } from '../core/text.ts'

export function isIdempotencyKey(key: string): boolean {
  return AsciiName.safeParse(key).success
}

const keptMs = dayMs

/** A repeatable request: its token, its key, and a hash of its content. */
export interface KeyedRequest {
  readonly tokenId: string
  readonly key: string
  readonly hash: string
}

export interface StoredAnswer {
  readonly status: number
  /** The response body, byte for byte; empty if there was none. */
  readonly body: string
}

// jsonb would reorder the body's keys, and a bare JSON string is parsed twice when read, so the text is stored inside an object.
interface StoredBody {
  readonly text: string
}

function toStoredBody(text: string): StoredBody {
  return { text }
}

/** Another request took the key first; its answer applies. */
export class KeyTakenError extends Error {
  constructor() {
    super('the idempotency key was taken by another request')
    this.name = 'KeyTakenError'
  }
}

/** Reads the answer stored under the key, or null. Throws `conflict` if the key belongs to another request. */
export async function findAnswer(db: Reader, request: KeyedRequest, now: Date): Promise<StoredAnswer | null> {
  const [stored] = await db
    .select({
      hash: idempotencyKeys.requestHash,
      status: idempotencyKeys.status,
      body: idempotencyKeys.body,
    })
    .from(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.tokenId, request.tokenId),
        eq(idempotencyKeys.key, request.key),
        gt(idempotencyKeys.createdAt, new Date(now.getTime() - keptMs)),
      ),
    )
  if (stored === undefined) return null
  if (stored.hash !== request.hash) {
    throw new DomainError(
      'conflict',
      'This Idempotency-Key was used with a different request. Use a new key.',
      { idempotencyKey: request.key },
    )
  }
  return { status: stored.status, body: (stored.body as StoredBody).text }
}

/**
 * Returns the row of a request's answer, to be written with its effect. A second request with the key waits until the first commits,
 * then fails with `KeyTakenError`. If the first fails or crashes, the second proceeds.
 */
export function answerRow(request: KeyedRequest, answer: StoredAnswer, now: Date): Write {
  const expired = new Date(now.getTime() - keptMs).toISOString()
  return {
    kind: 'statement',
    statement: ({ param, json }) => `
      insert into idempotency_keys (token_id, key, request_hash, status, body, created_at)
      values (${param(request.tokenId)}::uuid, ${param(request.key)}, ${param(request.hash)}, ${param(answer.status)}::int,
        ${json(toStoredBody(answer.body))}, ${param(now.toISOString())}::timestamptz)
      on conflict (token_id, key) do update
      set request_hash = excluded.request_hash, status = excluded.status, body = excluded.body, created_at = excluded.created_at
      where idempotency_keys.created_at <= ${param(expired)}::timestamptz`,
    expects: 1,
    orElse: () => new KeyTakenError(),
  }
}

/** Deletes keys taken before `before`. Returns how many. */
export async function deleteExpiredKeys(db: Db, before: Date): Promise<number> {
  return deleteExpiredRows(db, idempotencyKeys, lt(idempotencyKeys.createdAt, before))
}

/** Stores a refusal, which has no effect and no transaction. If the key was taken in between, the other answer stays. */
export async function storeRefusal(
  db: Db,
  request: KeyedRequest,
  answer: StoredAnswer,
  now: Date,
): Promise<void> {
  await db
    .insert(idempotencyKeys)
    .values({
      tokenId: request.tokenId,
      key: request.key,
      requestHash: request.hash,
      status: answer.status,
      body: toStoredBody(answer.body),
      createdAt: now,
    })
    .onConflictDoNothing()
}
