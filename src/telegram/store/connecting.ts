import { randomBytes } from 'node:crypto'
import { and, eq, isNotNull } from 'drizzle-orm'
import { apiTokens } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import { hourMs } from '../../domain/core/durations.ts'
import { changeState, readState } from './bot-state.ts'
import { markForEdit } from './messages/mark.ts'
import type { StoredRequest } from './messages/stored-request.ts'
import { hashOfCode } from './stored-update.ts'

/** By token id: the message that waits for the token's first use, and what it is edited to. */
type Waiting = Readonly<Record<string, { readonly row: number; readonly request: StoredRequest }>>

const maxWaiting = 50

/** Has a message edited when a token is first used, or right away if it already was. Survives a restart. */
export async function awaitFirstUse(
  db: Db,
  wait: { readonly tokenId: string; readonly row: number; readonly request: StoredRequest },
  now: Date,
): Promise<void> {
  const { tokenId, row, request } = wait
  await changeState<Waiting>(db, 'connecting', now, async (tx, waiting = {}) => {
    if (!(await isUsed(tx, tokenId)))
      return Object.fromEntries([...Object.entries(waiting), [tokenId, { row, request }]].slice(-maxWaiting))
    await markForEdit(tx, row, request)
    return undefined
  })
}

async function isUsed(db: Reader, tokenId: string): Promise<boolean> {
  const [used] = await db
    .select({ id: apiTokens.id })
    .from(apiTokens)
    .where(and(eq(apiTokens.id, tokenId), isNotNull(apiTokens.lastUsedAt)))
  return used !== undefined
}

/** Edits the message that waits for a token's first use. */
export async function noteFirstUse(db: Db, tokenId: string, now: Date): Promise<void> {
  if ((await readState<Waiting>(db, 'connecting')) === undefined) return
  await changeState<Waiting>(db, 'connecting', now, async (tx, waiting = {}) => {
    const { [tokenId]: found, ...others } = waiting
    if (found === undefined) return undefined
    await markForEdit(tx, found.row, found.request)
    return others
  })
}

/** The token that opening a link creates. */
export interface TokenLink {
  readonly name: string
  readonly days: number | null
}

/** By the hash of the code. */
type Links = Readonly<Record<string, TokenLink & { readonly expiresAt: string }>>

const linkLifetimeMs = hourMs
const maxLinks = 20

/** Creates a single-use code for a new token, valid for one hour; only its hash is stored. */
export async function createTokenLink(db: Db, link: TokenLink, now: Date): Promise<string> {
  const code = randomBytes(16).toString('base64url')
  const expiresAt = new Date(now.getTime() + linkLifetimeMs).toISOString()
  await changeState<Links>(db, 'token_links', now, async (_tx, links = {}) =>
    Object.fromEntries(
      [...Object.entries(links), [hashOfCode(code), { ...link, expiresAt }]].slice(-maxLinks),
    ),
  )
  return code
}

/** Consumes a code, given its hash; null if it was used before, has expired or never existed. */
export async function takeTokenLink(db: Db, hash: string, now: Date): Promise<TokenLink | null> {
  let taken: TokenLink | null = null
  await changeState<Links>(db, 'token_links', now, async (_tx, links = {}) => {
    const { [hash]: found, ...others } = links
    if (found === undefined) return undefined
    if (new Date(found.expiresAt) > now) taken = { name: found.name, days: found.days }
    return others
  })
  return taken
}
