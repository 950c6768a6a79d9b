import { createHash } from 'node:crypto'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { writeBackup } from '../../src/db/backup/backup.ts'
import { backupToFile, copyBoard, restoreFromFile } from '../../src/db/backup/backup-file.ts'
import { RestoreError } from '../../src/db/backup/restore.ts'
import { embeddedDatabase } from '../../src/db/embedded/embedded.ts'
import { migrateEmbedded } from '../../src/db/migrations/migrate.ts'
import { NewerSchemaError } from '../../src/db/migrations/migrations.ts'
import {
  auditLogs,
  botConversations,
  botMessages,
  botUpdates,
  eventsOutbox,
  taskLabels,
  users,
} from '../../src/db/schema.ts'
import type { Database, Db } from '../../src/db/types.ts'
import { openTestDatabase } from '../support/database.ts'
import { emptyDatabase, emptyTables } from '../support/empty.ts'
import { contentOf, fillBoard } from '../support/full-board.ts'

const now = new Date('2026-03-01T10:00:00Z')

let folder: string
let file: string
let from: Database
let to: Database
beforeAll(async () => {
  from = await openTestDatabase()
  to = await openTestDatabase()
})
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'preqbot-backup-'))
  file = join(folder, 'board.jsonl.gz')
  for (const { db } of [from, to]) await emptyDatabase(db)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
afterAll(async () => {
  await from.close()
  await to.close()
})

const linesOf = () => gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
const write = (lines: readonly string[]) => writeFileSync(file, gzipSync(`${lines.join('\n')}\n`))
const restore = (replace = false) => restoreFromFile(to.db, file, { replace })

describe('a backup', () => {
  test('restores every row of every table as it was, to the microsecond', async () => {
    await fillBoard(from.db, 450)
    await backupToFile(from.db, file, { now })

    await restore()

    const content = await contentOf(to.db)
    expect(content).toEqual(await contentOf(from.db))
    expect(Object.entries(content).filter(([, found]) => found.length === 0)).toEqual([])
  })

  test('preserves any text and any JSON', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).map((value) => value.replaceAll('\0', ''))
    const values = fc.array(fc.tuple(text, fc.jsonValue()), { minLength: 40, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(values, async (pairs) => {
        await from.db
          .insert(users)
          .values(pairs.map(([name], nth) => ({ email: `ada-${nth}@example.com`, name })))
        for (const [nth, [, json]] of pairs.entries()) {
          const value = JSON.stringify(json).replaceAll('\\u0000', '')
          await from.db.execute(
            sql`insert into bot_state (key, value) values (${`any ${nth}`}, ${value}::text::jsonb)`,
          )
        }
        await backupToFile(from.db, file, { now })

        await restore()

        expect(await contentOf(to.db)).toEqual(await contentOf(from.db))
        for (const { db } of [from, to]) await emptyDatabase(db)
      }),
      { numRuns: 2 },
    )
  })

  test('continues numbering where it was, even if the last rows are gone', async () => {
    await fillBoard(from.db, 5)
    await from.db.delete(eventsOutbox)
    await backupToFile(from.db, file, { now })

    await restore()

    expect(await nextEvent(to.db)).toBe(6)
  })

  test('never reuses a number that the replaced board had given out', async () => {
    await fillBoard(from.db, 2)
    await fillBoard(to.db, 9)
    await backupToFile(from.db, file, { now })

    await restore(true)

    expect(await nextEvent(to.db)).toBe(10)
  })

  test('shows one moment, whatever is written in the meantime', async () => {
    await fillBoard(from.db, 450)
    let isWritten = Promise.resolve()
    const lines: string[] = []

    await writeBackup(
      from.db,
      async (text) => {
        if (lines.length === 0) isWritten = addLabel(from.db)
        if (from.kind === 'postgres') await isWritten
        lines.push(text)
      },
      { now },
    )
    await isWritten

    expect(lines.join('')).not.toContain('meanwhile')
  })

  test('is readable only by the current user', async () => {
    await fillBoard(from.db)

    await backupToFile(from.db, file, { now })

    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['board.jsonl.gz'])
  })

  test('that is aborted leaves no file and keeps the previous one', async () => {
    await fillBoard(from.db)
    writeFileSync(file, 'before')

    const stopped = backupToFile(from.db, file, { now, signal: AbortSignal.abort() })

    await expect(stopped).rejects.toThrow('aborted')
    expect(readdirSync(folder)).toEqual(['board.jsonl.gz'])
    expect(readFileSync(file, 'utf8')).toBe('before')
    await from.ping()
  })

  test('that can’t be written explains why', async () => {
    await fillBoard(from.db, 450)

    await expect(backupToFile(from.db, join(folder, 'none', 'file'), { now })).rejects.toThrow('ENOENT')
    await from.ping()
  })
})

describe('restoring', () => {
  beforeEach(async () => {
    await fillBoard(from.db)
    await backupToFile(from.db, file, { now })
  })

  test('keeps an existing board unless told to replace it', async () => {
    await fillBoard(to.db, 7)
    const before = await contentOf(to.db)

    await expect(restore()).rejects.toThrow('add --replace')

    expect(await contentOf(to.db)).toEqual(before)
  })

  test('replaces the existing board when told to', async () => {
    await fillBoard(to.db, 7)

    await restore(true)

    expect(await contentOf(to.db)).toEqual(await contentOf(from.db))
  })

  test('replaces the board of a bot that was only started', async () => {
    await to.db.insert(users).values({ email: 'owner@localhost.local', isOwner: true })

    await restore()

    expect(await to.db.select({ email: users.email }).from(users)).toEqual([{ email: 'ada@example.com' }])
  })

  test('keeps append-only tables append-only: restored rows can’t be changed or emptied', async () => {
    await restore()

    const refused = { cause: { message: expect.stringContaining('its rows never change') } }
    await expect(to.db.delete(auditLogs)).rejects.toMatchObject(refused)
    for (const table of ['audit_logs', 'security_events', 'events_outbox'])
      await expect(to.db.execute(sql.raw(`truncate ${table}`))).rejects.toMatchObject(refused)
  })

  test.each<[string, (lines: string[]) => string[], string]>([
    ['that ends in the middle', (lines) => lines.slice(0, -1), 'ends in the middle'],
    [
      'that lost a row',
      (lines) => lines.filter((line) => !line.includes('PREQ-2"')),
      'Backup is incomplete: tasks has 2 of 3 rows.',
    ],
    ['with rows after its end', (lines) => [...lines, '{}'], 'Not a preqbot backup.'],
    ['with a second beginning', (lines) => [...lines.slice(0, 3), ...lines], 'Not a preqbot backup.'],
    ['that is something else', () => ['{"name": "package"}'], 'Not a preqbot backup.'],
    ['that is empty', () => [], 'Not a preqbot backup.'],
    [
      'with a column that there is no place for',
      (lines) => lines.map((line) => line.replace('"is_owner",', '"is_owner","shoe_size",')),
      "This program doesn't know users.shoe_size",
    ],
    [
      'with a table that there is no place for',
      (lines) => [
        ...lines.slice(0, -1),
        '["table","drizzle.__drizzle_migrations",["id"]]',
        ...lines.slice(-1),
      ],
      "This program doesn't know drizzle.__drizzle_migrations.id",
    ],
  ])('a file %s changes nothing and says so', async (_what, change, message) => {
    await fillBoard(to.db, 7)
    const before = await contentOf(to.db)
    write(change(linesOf()))

    const failed = restore(true)

    await expect(failed).rejects.toThrow(RestoreError)
    await expect(failed).rejects.toThrow(message)
    expect(await contentOf(to.db)).toEqual(before)
  })

  test('explains a file that is truncated or missing', async () => {
    truncateSync(file, statSync(file).size - 20)

    await expect(restore()).rejects.toThrow(`${file} isn't a backup, or is incomplete.`)
    await expect(restoreFromFile(to.db, `${file}.none`, { replace: false })).rejects.toThrow('No file')
  })

  test.each([
    ['a schema', { version: 1, schema: '0999_later' }],
    ['a form', { version: 2, schema: '0000_board' }],
  ])('refuses %s of a newer version', async (_what, begin) => {
    write([JSON.stringify(['preqbot backup', { ...begin, at: now }]), ...linesOf().slice(1)])

    await expect(restore()).rejects.toThrow(NewerSchemaError)
  })

  test('fills columns missing from an older backup with their defaults', async () => {
    const without = (line: string) => line.replace(/,?"color":"blue"|,"color"/, '')
    write(
      linesOf().map((line) =>
        line.includes('Größe') || line.includes('task_labels"') ? without(line) : line,
      ),
    )

    await restore()

    expect(await to.db.select({ color: taskLabels.color }).from(taskLabels)).toEqual([{ color: 'blue' }])
  })
})

describe('copying a board', () => {
  test.each(['into', 'out of'])(
    '%s an embedded database loses nothing',
    async (way) => {
      const client = await PGlite.create()
      const embedded = embeddedDatabase(client)
      await migrateEmbedded(embedded.db)
      const [source, target] = way === 'into' ? [from.db, embedded.db] : [embedded.db, to.db]
      await fillBoard(source, 450)

      const counts = await copyBoard(source, target, { now, replace: false })

      expect(await contentOf(target)).toEqual(await contentOf(source))
      expect(counts.tasks).toBe(450)
      await embedded.close()
    },
    60_000,
  )

  test('refuses a target that has a board, and says so', async () => {
    await fillBoard(from.db, 450)
    await fillBoard(to.db)

    await expect(copyBoard(from.db, to.db, { now, replace: false })).rejects.toThrow('add --replace')
    await from.ping()
  })
})

describe('a backup from before secrets were redacted', () => {
  const token = `preq_${'aB3-'.repeat(8)}`
  const key = `sk-proj-${'a1B2'.repeat(8)}`
  const pem = `-----BEGIN PRIVATE KEY-----\n${'a1B2'.repeat(16)}\n-----END PRIVATE KEY-----`
  const chat = { id: 7, type: 'private', first_name: 'Ada' }
  const ada = { id: 7, is_bot: false, first_name: 'Ada' }
  const place = { message_id: 5, date: 1, chat, from: { id: 1000, is_bot: true, first_name: 'preqbot' } }
  const reply_markup = { inline_keyboard: [[{ text: 'Copy', copy_text: { text: token } }]] }
  const card = { ...place, text: `Claude Code\n${token}`, reply_markup }
  const message = { message_id: 6, date: 2, chat, from: ada }
  const linkCode = '0123456789abcdefghijkl'
  const hash = (code: string) => createHash('sha256').update(code).digest('hex')

  test('is restored without them, and with people’s text', async () => {
    await fillBoard(from.db, 1)
    await emptyTables(from.db, ['bot_updates', 'bot_messages', 'bot_conversations'])
    const updates = [
      { callback_query: { id: '1', from: ada, data: 'x', message: { ...card, photo: [{ file_id: 'a' }] } } },
      { message: { ...message, text: 'stored it', reply_to_message: card } },
      {
        message: {
          ...message,
          text: `${key}\n${token} "${pem}"`,
          reply_to_message: { ...message, text: 'mine' },
        },
      },
      { message: { ...message, text: '/start@preqbot some-setup-code' } },
      { message: { ...message, text: `/start k_${linkCode}` } },
      { message: { ...message, text: '/start t_WEB-1' } },
    ]
    for (const [updateId, update] of updates.entries())
      await from.db.insert(botUpdates).values({ updateId, update, error: `Failed query: x\nparams: ${key}` })
    const request = { method: 'sendMessage', parameters: { text: `a ${token}` } } as const
    await from.db.insert(botMessages).values({ chatId: 7, purpose: 'notice', request, error: `oh ${token}` })
    const value = { first: { text: `/start ${linkCode}` }, later: key }
    await from.db.insert(botConversations).values({ key: '7', value })
    await backupToFile(from.db, file, { now })
    const [, ...lines] = linesOf()
    write([JSON.stringify(['preqbot backup', { version: 1, schema: '0009_log_facts', at: now }]), ...lines])

    await restore()

    const restored = await to.db.select().from(botUpdates).orderBy(botUpdates.updateId)
    expect(restored.map(({ update }) => update)).toEqual([
      { callback_query: { id: '1', from: ada, data: 'x', message: { ...place, photo: [] } } },
      { message: { ...message, text: 'stored it', reply_to_message: place } },
      {
        message: {
          ...message,
          text: '[redacted]\n[redacted] "[redacted]"',
          reply_to_message: { ...message, text: 'mine' },
        },
      },
      { message: { ...message, text: `/start@preqbot ${hash('some-setup-code')}` } },
      { message: { ...message, text: `/start k_${hash(linkCode)}` } },
      { message: { ...message, text: '/start t_WEB-1' } },
    ])
    expect(restored[0]?.error).toBe('Failed query: x')
    expect(await to.db.select().from(botMessages)).toMatchObject([
      { request: { method: 'sendMessage', parameters: { text: 'a [redacted]' } }, error: 'oh [redacted]' },
    ])
    expect(await to.db.select().from(botConversations)).toMatchObject([
      { value: { first: { text: '/start [redacted]' }, later: '[redacted]' } },
    ])
  })
})

async function nextEvent(db: Db): Promise<number> {
  const [owner] = await db.select({ id: users.id }).from(users)
  const [event] = await db
    .insert(eventsOutbox)
    .values({ ownerId: owner?.id ?? '', eventType: 'TASK_CREATED', entityType: 'task', entityId: 'PREQ-1' })
    .returning()
  return event?.id ?? 0
}

async function addLabel(db: Db): Promise<void> {
  const [owner] = await db.select({ id: users.id }).from(users)
  await db.insert(taskLabels).values({ ownerId: owner?.id ?? '', name: 'meanwhile' })
}
