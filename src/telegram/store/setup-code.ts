import { randomBytes } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { botState } from '../../db/schema.ts'
import type { Db, Reader, Tx } from '../../db/types.ts'
import { hourMs } from '../../domain/core/durations.ts'
import { readState, writeState } from './bot-state.ts'
import { hashOfCode } from './stored-update.ts'

const lifetimeMs = hourMs

/** The newest code of the setup link, as its SHA-256. Once used, it expires. */
interface StoredCode {
  readonly hash: string
  readonly expiresAt: string
}

/** Creates a random code for the setup link, valid once within an hour. It replaces the previous code; only its hash is stored. */
export async function createSetupCode(db: Db, now: Date): Promise<string> {
  const code = randomBytes(16).toString('base64url')
  const expiresAt = new Date(now.getTime() + lifetimeMs).toISOString()
  await writeState(db, 'setup_code', { hash: hashOfCode(code), expiresAt } satisfies StoredCode, now)
  return code
}

/** The hash of a code that someone sent, and SETUP_CODE if it is set. */
export interface PresentedCode {
  readonly hash: string
  readonly fixedCode?: string | undefined
  readonly now: Date
}

/** Whether a code may bind the bot: `ended` is one that did, or that is over an hour old. */
export async function checkSetupCode(
  db: Reader,
  { hash, fixedCode, now }: PresentedCode,
): Promise<'valid' | 'ended' | 'unknown'> {
  if (fixedCode !== undefined && hash === hashOfCode(fixedCode))
    return (await isUsed(db, fixedCode)) ? 'ended' : 'valid'
  const stored = await readState<StoredCode>(db, 'setup_code')
  if (stored?.hash !== hash) return 'unknown'
  return now < new Date(stored.expiresAt) ? 'valid' : 'ended'
}

/** Whether SETUP_CODE was used; it works once. */
export async function isUsed(db: Reader, fixedCode: string): Promise<boolean> {
  return (await usedCodes(db)).includes(hashOfCode(fixedCode))
}

/** Consumes a code in the transaction that binds the bot. Returns whether it was still valid. */
export async function consumeSetupCode(tx: Tx, presented: PresentedCode): Promise<boolean> {
  if ((await checkSetupCode(tx, presented)) !== 'valid') return false
  const { hash, fixedCode, now } = presented
  if (fixedCode !== undefined && hash === hashOfCode(fixedCode)) {
    await writeState(tx, 'setup_codes_used', [...(await usedCodes(tx)), hash], now)
    return true
  }
  // Matched by hash, so a code that was created in the meantime stays valid.
  const ended = await tx
    .update(botState)
    .set({ value: { hash, expiresAt: now.toISOString() } satisfies StoredCode, updatedAt: now })
    .where(and(eq(botState.key, 'setup_code'), eq(sql`${botState.value}->>'hash'`, hash)))
    .returning({ key: botState.key })
  return ended.length > 0
}

async function usedCodes(db: Reader): Promise<readonly string[]> {
  return (await readState<readonly string[]>(db, 'setup_codes_used')) ?? []
}
