import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lockWithRetry } from '../../src/db/embedded/embedded.ts'
import { FolderInUseError, lockFolder } from '../../src/db/embedded/folder-lock.ts'
import { thisHolder } from '../../src/db/embedded/lock-holder.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preqbot-places-'))
  path = join(folder, 'lock')
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

const elsewhere = { ...thisHolder(), place: 'another container' }
const leave = (holder: unknown, secondsAgo: number) => {
  writeFileSync(path, JSON.stringify(holder))
  const at = Date.now() / 1_000 - secondsAgo
  utimesSync(path, at, at)
}

describe('the lock of a data folder on a volume shared by containers', () => {
  test('keeps out a second container with the same PIDs', () => {
    leave(elsewhere, 3)

    expect(() => lockFolder(folder)).toThrow(FolderInUseError)
    expect(() => lockFolder(folder)).toThrow('in use by another process, perhaps in another container')
  })

  test('is taken over after the other container has been silent for a while', () => {
    leave(elsewhere, 16)

    const unlock = lockFolder(folder)

    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(thisHolder()))
    unlock()
    expect(readdirSync(folder)).toEqual([])
  })

  test('isn’t kept forever by a clock that was set back', () => {
    leave(elsewhere, -3_600)

    expect(() => lockFolder(folder)()).not.toThrow()
  })

  test('is waited for at startup, because the previous container may just have been killed', async () => {
    leave(elsewhere, 3)
    const locking = lockWithRetry(folder)

    leave(elsewhere, 16)

    const unlock = await locking
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(thisHolder()))
    unlock()
  })

  test('isn’t waited for if its holder is known to be alive', async () => {
    const unlock = lockFolder(folder)
    const began = performance.now()

    await expect(lockWithRetry(folder)).rejects.toThrow(`in use by process ${process.pid}`)

    expect(performance.now() - began).toBeLessThan(900)
    unlock()
  })
})

describe('a process that holds the lock', () => {
  test('renews it every two seconds', () => {
    vi.useFakeTimers()
    const unlock = lockFolder(folder)
    utimesSync(path, 0, 0)

    vi.advanceTimersByTime(2_000)

    expect(Math.abs(statSync(path).mtimeMs - Date.now())).toBeLessThan(1_000)
    unlock()
  })

  test('restores the file if somebody deleted it', () => {
    vi.useFakeTimers()
    const unlock = lockFolder(folder)
    rmSync(path)

    vi.advanceTimersByTime(2_000)

    expect(existsSync(path)).toBe(true)
    unlock()
  })

  test('exits instead of writing after another took over, and leaves that one its lock', () => {
    vi.useFakeTimers()
    const unlock = lockFolder(folder)
    leave(elsewhere, 0)

    expect(() => vi.advanceTimersByTime(2_000)).toThrow('in use by a process that took it over')

    unlock()
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(elsewhere))
  })
})

describe('taking over a stale lock', () => {
  test('is done by one process at a time', () => {
    leave({ ...thisHolder(), pid: 2 ** 22 + 1 }, 60)
    writeFileSync(`${path}.turn`, '')

    expect(() => lockFolder(folder)).toThrow('in use by another process that is starting')
  })

  test('continues if a process was killed during it', () => {
    leave({ ...thisHolder(), pid: 2 ** 22 + 1 }, 60)
    writeFileSync(`${path}.turn`, '')
    utimesSync(`${path}.turn`, 0, 0)

    const unlock = lockFolder(folder)

    expect(readdirSync(folder)).toEqual(['lock'])
    unlock()
  })
})
