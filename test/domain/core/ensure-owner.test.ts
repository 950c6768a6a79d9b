import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { users } from '../../../src/db/schema.ts'
import { ensureOwner } from '../../../src/domain/core/owner.ts'
import { openTestDatabase } from '../../support/database.ts'

let database: Awaited<ReturnType<typeof openTestDatabase>>
beforeEach(async () => {
  database = await openTestDatabase()
})
afterEach(() => database.close())

const now = new Date('2026-11-24T09:00:00Z')
const ada = { email: 'Ada@Example.com', name: 'Ada', now }

describe('the owner', () => {
  test('is created if missing, with a lowercase address', async () => {
    const owner = await ensureOwner(database.db, ada)

    expect(owner).toMatchObject({ email: 'ada@example.com', name: 'Ada' })
    expect(await database.db.select().from(users)).toMatchObject([
      { id: owner.id, isOwner: true, createdAt: now },
    ])
  })

  test('stays the same, whatever address is given later', async () => {
    const owner = await ensureOwner(database.db, ada)

    expect(await ensureOwner(database.db, ada)).toEqual(owner)
    expect(await ensureOwner(database.db, { email: 'bob@example.com', name: 'Bob', now })).toEqual(owner)
    expect(await database.db.$count(users)).toBe(1)
  })

  test('is the same for two processes that start together', async () => {
    const owners = await Promise.all([
      ensureOwner(database.db, ada),
      ensureOwner(database.db, { email: 'bob@example.com', name: 'Bob', now }),
      ensureOwner(database.db, ada),
    ])

    expect(new Set(owners.map(({ id }) => id)).size).toBe(1)
  })

  test('is an existing user with the address', async () => {
    const [user] = await database.db
      .insert(users)
      .values({ email: 'ada@example.com', name: 'A.' })
      .returning()

    expect(await ensureOwner(database.db, ada)).toEqual({
      id: user?.id,
      email: 'ada@example.com',
      name: 'A.',
    })
  })
})
