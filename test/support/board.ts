import { apiTokens, users } from '../../src/db/schema.ts'
import type { Db } from '../../src/db/types.ts'
import type { Actor } from '../../src/domain/core/actor.ts'
import { type Ctx, createCtx } from '../../src/domain/core/context.ts'
import type { Scope } from '../../src/domain/core/scope.ts'
import { createClock, type TestClock } from './clock.ts'
import { openTestDatabase } from './database.ts'

export const agent: Actor = { kind: 'agent', tokenId: '00000000-0000-4000-8000-000000000001', name: 'laptop' }
export const otherAgent: Actor = {
  kind: 'agent',
  tokenId: '00000000-0000-4000-8000-000000000002',
  name: 'server',
}

/** Inserts token rows for agents, so they can hold runs. */
export async function addTokens(db: Db, ownerId: string, actors: readonly Actor[]): Promise<void> {
  const rows = actors.flatMap((actor) =>
    actor.kind === 'agent'
      ? [{ id: actor.tokenId, ownerId, name: actor.name, tokenPrefix: 'preq_test', tokenHash: actor.tokenId }]
      : [],
  )
  await db.insert(apiTokens).values(rows)
}

/** A board with its own database, an owner, two agents and a fixed clock. */
export interface Board {
  readonly db: Db
  readonly url: string | null
  readonly ownerId: string
  readonly clock: TestClock
  readonly scope: Scope
  /** Acts as the owner. */
  readonly ctx: Ctx
  readonly as: (actor: Actor) => Ctx
  readonly close: () => Promise<void>
}

export async function openBoard(): Promise<Board> {
  const database = await openTestDatabase()
  const clock = createClock()
  const [owner] = await database.db
    .insert(users)
    .values({ email: 'ada@example.com', name: 'Ada', isOwner: true })
    .returning()
  if (owner === undefined) throw new Error('no owner')
  await addTokens(database.db, owner.id, [agent, otherAgent])
  const as = (actor: Actor) => createCtx({ db: database.db, ownerId: owner.id, actor, now: clock.now })
  return {
    db: database.db,
    url: database.url,
    ownerId: owner.id,
    clock,
    scope: { db: database.db, ownerId: owner.id },
    ctx: as({ kind: 'owner' }),
    as,
    close: database.close,
  }
}
