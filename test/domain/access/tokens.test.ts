import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiTokens } from '../../../src/db/schema.ts'
import {
  authenticate,
  createToken,
  expiringTokens,
  listTokens,
  revokeToken,
  touchToken,
} from '../../../src/domain/access/tokens.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'

let board: Board
beforeAll(async () => {
  board = await openBoard()
})
afterAll(() => board.close())

const inDays = (days: number) => new Date(board.clock.now().getTime() + days * 24 * 60 * 60 * 1_000)
const present = (token: string, now = board.clock.now()) => authenticate(board.db, token, now)
const row = async (id: string) => (await board.db.select().from(apiTokens).where(eq(apiTokens.id, id)))[0]

describe('creating a token', () => {
  test('shows it once and stores only its prefix and its hash', async () => {
    const changes = await recordChanges(board.db)

    const { token, row: made } = await createToken(board.ctx, { name: ' laptop ' })

    expect(token).toMatch(/^preq_[A-Za-z0-9_-]{32}$/)
    expect(made).toMatchObject({ name: 'laptop', tokenPrefix: token.slice(0, 14), expiresAt: null })
    expect(made.tokenHash).toMatch(/^[0-9a-f]{64}$/)
    expect(await row(made.id)).toEqual(made)
    const left = await changes()
    expect(left).toMatchObject({
      events: [],
      audit: [{ action: 'token.create', targetType: 'token', targetId: made.id, meta: { name: 'laptop' } }],
    })
    expect(JSON.stringify([left, made])).not.toContain(token)
    expect(JSON.stringify(left)).not.toContain(made.tokenHash)
  })

  test('hashes like other clients of the table', async () => {
    await board.db.insert(apiTokens).values({
      ownerId: board.ownerId,
      name: 'elsewhere',
      tokenPrefix: 'preq_AAAAAAAAA',
      tokenHash: 'f3337618c2bc3f1475ba7b34b3504ba21adeaabdf0c9824698b452c0b6f9541b',
      // By default the server's clock says when, which stands still for no test.
      createdAt: board.clock.now(),
    })

    expect((await present(`preq_${'A'.repeat(32)}`)).ok).toBe(true)
  })

  test.each([
    ['a blank name', { name: ' ' }],
    ['a name that is too long', { name: 'x'.repeat(61) }],
    ['an end that has passed', { name: 'x', expiresAt: new Date('2026-11-24T09:00:00.000Z') }],
  ])('refuses %s', async (_, input) => {
    const changes = await recordChanges(board.db)

    await expect(createToken(board.ctx, input)).rejects.toMatchObject({ code: 'invalid' })
    expect(await changes()).toEqual(noChanges)
  })
})

describe('a presented token', () => {
  test('is accepted until it is revoked or expires', async () => {
    const { token, row: made } = await createToken(board.ctx, { name: 'good', expiresAt: inDays(1) })

    expect(await present(token)).toEqual({
      ok: true,
      token: { ...made, engine: null, rights: 'work', projectKeys: null },
      run: null,
    })
    expect(await present(token, inDays(1))).toEqual({ ok: false, reason: 'expired' })
    await revokeToken(board.ctx, made.id)
    expect(await present(token)).toEqual({ ok: false, reason: 'revoked' })
  })

  test('is unknown if it is not ours', async () => {
    expect(await present(`preq_${'x'.repeat(32)}`)).toEqual({ ok: false, reason: 'unknown' })
  })

  test.each([
    ['', 'nothing'],
    ['preq_', 'the prefix alone'],
    [`PREQ_${'x'.repeat(32)}`, 'another prefix'],
    [`preq_${'x'.repeat(31)}`, 'one character too few'],
    [`preq_${'x'.repeat(33)}`, 'one character too many'],
    [`preq_${'x'.repeat(31)}%`, 'a character that is none of base64url'],
    [`preq_${'x'.repeat(32)}\n`, 'a line break at the end'],
  ])('%j is malformed: %s', async (token) => {
    expect(await present(token)).toEqual({ ok: false, reason: 'malformed' })
  })
})

describe('revoking a token', () => {
  test('ends it and writes an audit entry', async () => {
    const { row: made } = await createToken(board.ctx, { name: 'ended' })
    const changes = await recordChanges(board.db)

    const { token, auditId } = await revokeToken(board.ctx, made.id)

    expect(token.revokedAt).toEqual(board.clock.now())
    expect(await row(made.id)).toEqual(token)
    expect(await changes()).toMatchObject({
      events: [],
      audit: [{ id: auditId, action: 'token.revoke', targetId: made.id, meta: { name: 'ended' } }],
    })
  })

  test('changes nothing the second time', async () => {
    const { row: made } = await createToken(board.ctx, { name: 'twice' })
    const { token } = await revokeToken(board.ctx, made.id)
    board.clock.advance({ minutes: 5 })
    const changes = await recordChanges(board.db)

    expect(await revokeToken(board.ctx, made.id)).toEqual({ token, auditId: null })
    expect(await changes()).toEqual(noChanges)
  })

  test.each(['00000000-0000-4000-8000-000000000000', 'no uuid'])('does not find %s', async (id) => {
    await expect(revokeToken(board.ctx, id)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the last use of a token', () => {
  test('is updated at most once a minute, without an audit entry', async () => {
    const { row: made } = await createToken(board.ctx, { name: 'used' })
    const changes = await recordChanges(board.db)
    const first = board.clock.now()
    const at = (seconds: number) => new Date(first.getTime() + seconds * 1_000)

    const seen: (Date | null | undefined)[] = []
    for (const seconds of [0, 59, 60, 61]) {
      await touchToken(board.db, made.id, at(seconds))
      seen.push((await row(made.id))?.lastUsedAt)
    }

    expect(seen).toEqual([at(0), at(0), at(60), at(60)])
    expect(await changes()).toEqual(noChanges)
  })
})

describe('lists of tokens', () => {
  test('show the newest first and revoked ones last', async () => {
    board.clock.advance({ minutes: 1 })
    const { row: first } = await createToken(board.ctx, { name: 'l-first' })
    board.clock.advance({ minutes: 1 })
    await createToken(board.ctx, { name: 'l-second' })
    board.clock.advance({ minutes: 1 })
    const { row: third } = await createToken(board.ctx, { name: 'l-third' })
    await revokeToken(board.ctx, third.id)

    const names = (await listTokens(board.scope))
      .map(({ name }) => name)
      .filter((name) => name.startsWith('l-'))

    expect(names.slice(0, 2)).toEqual(['l-second', 'l-first'])
    expect(names.indexOf('l-third')).toBeGreaterThan(names.indexOf(first.name))
  })

  test('include those that expire within seven days, unless expired or revoked', async () => {
    await createToken(board.ctx, { name: 'e-week', expiresAt: inDays(7) })
    await createToken(board.ctx, { name: 'e-day', expiresAt: inDays(1.5) })
    await createToken(board.ctx, { name: 'e-later', expiresAt: inDays(7.3) })
    await createToken(board.ctx, { name: 'e-over', expiresAt: inDays(0.1) })
    const { row: revoked } = await createToken(board.ctx, { name: 'e-revoked', expiresAt: inDays(2) })
    await revokeToken(board.ctx, revoked.id)

    const soon = await expiringTokens(board.scope, inDays(0.2))

    expect(soon.map(({ name }) => name).filter((name) => name.startsWith('e-'))).toEqual(['e-day', 'e-week'])
  })
})
