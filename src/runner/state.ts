import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isAlive, type ProcessId, startOf } from './process/group.ts'

const Process = z.object({ pid: z.int().positive(), started: z.string().min(1) })

/** What is known of a run if the runner is killed: its process group and its worktree. */
const SavedRun = z.object({
  id: z.uuid(),
  task: z.string(),
  engine: z.string(),
  worktree: z.string().nullable(),
  process: Process.nullable(),
})
export type SavedRun = z.infer<typeof SavedRun>

const SavedUsage = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_usd: z.number().nullable(),
})
type SavedUsage = z.infer<typeof SavedUsage>

/** The folder in which a runner remembers what a killed one must clean up. */
export interface State {
  readonly saveRun: (run: SavedRun) => void
  /** Writes a file that only this run uses; returns its path. */
  readonly writeFile: (runId: string, name: string, text: string) => string
  readonly removeRun: (runId: string) => void
  readonly savedRuns: () => SavedRun[]
  /** What a conversation has used in all its runs. */
  readonly usageOf: (session: string) => SavedUsage
  readonly saveUsage: (session: string, usage: SavedUsage) => void
}

/** Opens the state of a runner. Only its user can read it. */
export function openState(folder: string): State {
  const runs = join(folder, 'runs')
  const sessions = join(folder, 'sessions')
  for (const one of [runs, sessions]) mkdirSync(one, { recursive: true, mode: 0o700 })
  const usageFile = (session: string) =>
    join(sessions, `${createHash('sha256').update(session).digest('hex').slice(0, 32)}.json`)
  return {
    saveRun: (run) => {
      mkdirSync(join(runs, run.id), { recursive: true, mode: 0o700 })
      replaceFile(join(runs, run.id, 'run.json'), JSON.stringify(run))
    },
    writeFile: (runId, name, text) => {
      const file = join(runs, runId, name)
      writeFileSync(file, text, { mode: 0o600 })
      return file
    },
    removeRun: (runId) => rmSync(join(runs, runId), { recursive: true, force: true }),
    savedRuns: () => readdirSync(runs).flatMap((name) => readRun(join(runs, name, 'run.json')) ?? []),
    usageOf: (session) =>
      readJson(usageFile(session), SavedUsage) ?? { input_tokens: 0, output_tokens: 0, cost_usd: null },
    saveUsage: (session, usage) => replaceFile(usageFile(session), JSON.stringify(usage)),
  }
}

function readRun(file: string): SavedRun | null {
  return readJson(file, SavedRun)
}

function readJson<S extends z.ZodType>(file: string, schema: S): z.output<S> | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

// A reader sees the old or the new text, never a part of it.
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Thrown if another runner has the name. */
export class LockedError extends Error {}

/** Takes the lock of a runner's name on this machine; returns what releases it. Throws `LockedError` if another runner has it. */
export async function lockName(folder: string, name: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'lock')
  const own: ProcessId = { pid: process.pid, started: (await startOf(process.pid)) ?? '' }
  const text = JSON.stringify(own)
  for (;;) {
    if (createWith(file, text))
      return () => {
        if (readText(file) === text) rmSync(file, { force: true })
      }
    const found = readText(file)
    const holder = readJson(file, Process)
    if (holder !== null && (await isAlive(holder)))
      throw new LockedError(
        `A runner named ${name} is already running (process ${holder.pid}). Stop it, or give this one another name in runner.toml.`,
      )
    removeStale(file, found)
  }
}

// A link appears with all of its text, so nobody reads half a lock.
function createWith(file: string, text: string): boolean {
  const made = `${file}.${process.pid}.new`
  writeFileSync(made, text, { mode: 0o600 })
  try {
    linkSync(made, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(made, { force: true })
  }
}

// Two runners may find the same stale lock. The one that moves a fresh lock away puts it back.
function removeStale(file: string, stale: string | null): void {
  const moved = `${file}.${process.pid}`
  try {
    renameSync(file, moved)
  } catch {
    return
  }
  if (readText(moved) === stale) rmSync(moved, { force: true })
  else renameSync(moved, file)
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
