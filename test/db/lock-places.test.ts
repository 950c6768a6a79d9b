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

describe('the lock of a data folder on a volume that containers share', () => {
  test('keeps a second container out, whose pids are the same', () => {
    leave(elsewhere, 3)

    expect(() => lockFolder(folder)).toThrow(FolderInUseError)
    expect(() => lockFolder(folder)).toThrow('in use by another process, perhaps in another container')
  })

  test('is taken over once the other container has been silent for a while', () => {
    leave(elsewhere, 16)

    const unlock = lockFolder(folder)

    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(thisHolder()))
    unlock()
    expect(readdirSync(folder)).toEqual([])
  })

  test('is not kept for ever by a clock that was set back', () => {
    leave(elsewhere, -3_600)

    expect(() => lockFolder(folder)()).not.toThrow()
  })

  test('is waited for at a start, for the container before may just have been killed', async () => {
    leave(elsewhere, 3)
    const locking = lockWithRetry(folder)

    leave(elsewhere, 16)

    const unlock = await locking
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(thisHolder()))
    unlock()
  })

  test('is not waited for where its holder is known to live', async () => {
    const unlock = lockFolder(folder)
    const began = performance.now()

    await expect(lockWithRetry(folder)).rejects.toThrow(`in use by process ${process.pid}`)

    expect(performance.now() - began).toBeLessThan(900)
    unlock()
  })
})

describe('a process that holds the lock', () => {
  test('shows that it lives, every two seconds', () => {
    vi.useFakeTimers()
    const unlock = lockFolder(folder)
    utimesSync(path, 0, 0)

    vi.advanceTimersByTime(2_000)

    expect(Math.abs(statSync(path).mtimeMs - Date.now())).toBeLessThan(1_000)
    unlock()
  })

  test('puts the file back that somebody removed', () => {
    vi.useFakeTimers()
    const unlock = lockFolder(folder)
    rmSync(path)

    vi.advanceTimersByTime(2_000)

    expect(existsSync(path)).toBe(true)
    unlock()
  })

  test('ends rather than write where another has taken over, and leaves that one its lock', () => {
    vi.useFakeTimers()
    const unlock = lockFolder(folder)
    leave(elsewhere, 0)

    expect(() => vi.advanceTimersByTime(2_000)).toThrow('in use by a process that took it over')

    unlock()
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(elsewhere))
  })
})

describe('taking a lock over that was left', () => {
  test('is done by one at a time', () => {
    leave({ ...thisHolder(), pid: 2 ** 22 + 1 }, 60)
    writeFileSync(`${path}.turn`, '')

    expect(() => lockFolder(folder)).toThrow('in use by another process that is starting')
  })

  test('goes on where one was killed in the middle of it', () => {
    leave({ ...thisHolder(), pid: 2 ** 22 + 1 }, 60)
    writeFileSync(`${path}.turn`, '')
    utimesSync(`${path}.turn`, 0, 0)

    const unlock = lockFolder(folder)

    expect(readdirSync(folder)).toEqual(['lock'])
    unlock()
  })
})
