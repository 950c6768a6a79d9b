import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FolderInUseError, lockFolder } from '../../src/db/embedded/folder-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preqbot-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const held = () => existsSync(join(folder, 'lock'))

/** Writes a lock as another process on this machine would. */
const leaveLock = (holder: { readonly pid: number; readonly started: string }) => {
  const unlock = lockFolder(folder)
  const mine = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8')) as object
  unlock()
  writeFileSync(join(folder, 'lock'), JSON.stringify({ ...mine, ...holder }))
}

const program = (then: string) =>
  `import { lockFolder } from '${new URL('../../src/db/embedded/folder-lock.ts', import.meta.url).href}'
   try { lockFolder(process.argv[1]); console.log('locked') } catch (error) { console.log(error.message) }
   ${then}`
const nodeArguments = (then: string) => [
  '--import',
  'tsx',
  '--input-type=module',
  '-e',
  program(then),
  folder,
]

const startHolder = async (): Promise<ChildProcess> => {
  const child = spawn(process.execPath, nodeArguments('setInterval(() => {}, 1000)'))
  const [sentTexts] = (await once(child.stdout, 'data')) as [Buffer]
  expect(sentTexts.toString()).toBe('locked\n')
  return child
}

describe('the lock of a data folder', () => {
  test('refuses a second opening, naming the holder, until it is released', () => {
    const unlock = lockFolder(folder)

    expect(() => lockFolder(folder)).toThrow(`The database in ${folder} is in use by process ${process.pid}.`)
    unlock()
    lockFolder(folder)()

    expect(readdirSync(folder)).toEqual([])
  })

  test('refuses another process while its holder is alive, and can be taken over after the holder was killed', async () => {
    const holder = await startHolder()

    expect(() => lockFolder(folder)).toThrow(`in use by process ${holder.pid}`)
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    const unlock = lockFolder(folder)

    expect(held()).toBe(true)
    unlock()
  }, 20_000)

  test.each([
    ['of a process that is gone', { pid: 2 ** 22 + 1, started: '1' }],
    ['of a pid that came back', { pid: process.ppid, started: '1' }],
    ['of our own pid in an earlier life', { pid: process.pid, started: '1' }],
  ])('%s is taken over', (_what, holder) => {
    leaveLock(holder)

    const unlock = lockFolder(folder)

    expect(readdirSync(folder)).toEqual(['lock'])
    unlock()
  })

  test('is taken while it is being written, and free if it never was', () => {
    const path = join(folder, 'lock')
    writeFileSync(path, '')

    expect(() => lockFolder(folder)).toThrow(FolderInUseError)
    utimesSync(path, new Date(0), new Date(0))

    expect(() => lockFolder(folder)()).not.toThrow()
  })

  test('goes to one of several processes that start over a stale lock', async () => {
    leaveLock({ pid: 2 ** 22 + 1, started: '1' })
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, nodeArguments('setInterval(() => {}, 1000)')),
    )

    const sentTexts = await Promise.all(
      children.map(async (child) => String((await once(child.stdout, 'data'))[0])),
    )
    for (const child of children) child.kill('SIGKILL')

    expect(sentTexts.filter((line) => line === 'locked\n')).toHaveLength(1)
  }, 30_000)

  test('says so if the folder doesn’t exist', () => {
    expect(() => lockFolder(join(folder, 'none'))).toThrow('ENOENT')
  })
})
