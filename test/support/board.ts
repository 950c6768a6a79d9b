import { users } from '../../src/db/schema.ts'
import type { Db } from '../../src/db/types.ts'
import type { Actor } from '../../src/domain/actor.ts'
import { type Ctx, createCtx } from '../../src/domain/context.ts'
import type { Scope } from '../../src/domain/tasks/read.ts'
import { createClock, type TestClock } from './clock.ts'
import { openTestDatabase } from './database.ts'

export const agent: Actor = { kind: 'agent', tokenId: '00000000-0000-4000-8000-000000000001', name: 'laptop' }
export const otherAgent: Actor = {
  kind: 'agent',
  tokenId: '00000000-0000-4000-8000-000000000002',
  name: 'server',
}

/** A board with an owner and a fixed clock, on a database of its own. */
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
