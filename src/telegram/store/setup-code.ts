import { randomBytes } from 'node:crypto'
import { botState } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import { update, upsert, type Write } from '../../domain/core/commit/writes.ts'
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

/** Returns the rows that consume a code, to be written with the binding; null if it isn't valid. */
export async function consumeSetupCode(
  db: Reader,
  presented: PresentedCode,
): Promise<readonly Write[] | null> {
  if ((await checkSetupCode(db, presented)) !== 'valid') return null
  const { hash, fixedCode, now } = presented
  if (fixedCode !== undefined && hash === hashOfCode(fixedCode)) {
    const value = [...(await usedCodes(db)), hash]
    const row = { key: 'setup_codes_used', value, updatedAt: now }
    return [upsert(botState, row, { on: ['key'], set: ['value', 'updatedAt'] })]
  }
  const stored = await readState<StoredCode>(db, 'setup_code')
  const ended: StoredCode = { hash, expiresAt: now.toISOString() }
  // A code that was created in the meantime stays valid.
  const expect = { value: stored }
  return [update(botState, { key: { key: 'setup_code' }, expect, set: { value: ended, updatedAt: now } })]
}

async function usedCodes(db: Reader): Promise<readonly string[]> {
  return (await readState<readonly string[]>(db, 'setup_codes_used')) ?? []
}
