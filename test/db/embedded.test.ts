import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FolderInUseError } from '../../src/db/embedded/folder-lock.ts'
import { openDatabase } from '../../src/db/open.ts'
import { users } from '../../src/db/schema.ts'

let dataDir: string
beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'preqbot-data-')), 'data')
})
afterEach(() => rmSync(dirname(dataDir), { recursive: true, force: true }))

const open = () => openDatabase({ dataDir, onTrouble: () => {} })

describe('the embedded database', () => {
  test('creates its folder for its user only, whatever the umask', async () => {
    const umask = process.umask(0)
    try {
      const database = await open()
      await database.close()
    } finally {
      process.umask(umask)
    }

    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  }, 60_000)

  test('keeps what was written and refuses other processes in the meantime', async () => {
    const first = await open()
    await first.db.insert(users).values({ email: 'ada@example.com' })
    await expect(open()).rejects.toThrow(FolderInUseError)
    await first.close()

    const second = await open()

    expect(await second.db.select({ email: users.email }).from(users)).toEqual([{ email: 'ada@example.com' }])
    await second.close()
    expect(readdirSync(dataDir)).not.toContain('lock')
  }, 60_000)

  test('starts after an interrupted first start', async () => {
    mkdirSync(join(dataDir, 'pg.new'), { recursive: true })
    writeFileSync(join(dataDir, 'pg.new', 'PG_VERSION'), '18')

    const database = await open()

    await database.ping()
    await database.close()
  }, 60_000)

  test('leads at once, because its folder is exclusive', async () => {
    const database = await open()

    const stop = await new Promise<() => Promise<void>>((resolve) => {
      const { stop: giveUp } = database.lead(
        'work',
        () => queueMicrotask(() => resolve(giveUp)),
        () => {},
      )
    })

    await stop()
    await database.close()
  }, 60_000)
})
