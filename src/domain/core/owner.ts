import { and, eq, notExists, sql } from 'drizzle-orm'
import { users } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'

export interface Owner {
  readonly id: string
  readonly email: string
  readonly name: string | null
}

const shown = { id: users.id, email: users.email, name: users.name }

/** Returns the board's owner and creates one if missing; an existing owner isn't changed. Safe if two processes start together. */
export async function ensureOwner(
  db: Db,
  person: { readonly email: string; readonly name: string | null; readonly now: Date },
): Promise<Owner> {
  const email = person.email.trim().toLowerCase()
  const found = await findOwner(db)
  if (found !== null) return found
  await db
    .insert(users)
    .values({ email, name: person.name, isOwner: true, createdAt: person.now, updatedAt: person.now })
    .onConflictDoNothing()
  const made = await findOwner(db)
  if (made !== null) return made
  // The address belongs to a user who isn't an owner, on a board that other software created.
  const owner = db.select({ one: sql`1` }).from(users).where(eq(users.isOwner, true))
  await db
    .update(users)
    .set({ isOwner: true, updatedAt: person.now })
    .where(and(eq(users.email, email), notExists(owner)))
  const raised = await findOwner(db)
  if (raised === null) throw new Error(`no owner could be made of ${email}`)
  return raised
}

async function findOwner(db: Db): Promise<Owner | null> {
  const [owner] = await db.select(shown).from(users).where(eq(users.isOwner, true))
  return owner ?? null
}
