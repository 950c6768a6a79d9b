import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { asc } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runs, tasks } from '../../src/db/schema.ts'
import { createCtx } from '../../src/domain/core/context.ts'
import { requireProject } from '../../src/domain/projects/read.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { labelsOf } from '../../src/playground/client/virtual-user.ts'
import { launchProcess } from '../support/process.ts'
import { openProcessWorld, type ProcessWorld } from '../support/process-world.ts'
import { createRandom } from '../support/random.ts'
import { updatesBy } from '../support/updates.ts'
import { buildRunner, createRepository, git, spawnProgram, writeToml } from './support/runner.ts'

// BOARD_KILLS=50 kills the server and the runner 50 times each; SEED repeats a run.
const kills = Number(process.env.BOARD_KILLS ?? 1)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const count = 2 + 2 * kills
const maxWorkingMs = 120_000

let world: ProcessWorld
let folder: string

beforeAll(async () => {
  world = await openProcessWorld({ keepCalls: 1_000_000 })
  folder = mkdtempSync(join(tmpdir(), 'preqbot-runner-kills-'))
  await buildRunner()
}, 120_000)

afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

test(`${kills} kills of the server and as many of the runner, with ${updatesBy}: each task ends, with one agent at a time, and no commit is lost (seed ${seed})`, {
  timeout: 180_000 + kills * 30_000,
}, async () => {
  const random = createRandom(seed)
  const repository = createRepository(join(folder, 'web'))
  const worktrees = join(folder, 'worktrees')
  const file = writeToml({ folder, worktrees, repository })
  const at = (name: string) => join(folder, name)
  await world.board.look(async (scope) => {
    const ctx = createCtx({ ...scope, actor: { kind: 'owner' }, now: () => new Date() })
    const { id: projectId } = await requireProject(ctx, 'WEB')
    for (let number = 1; number <= count; number += 1) {
      // Only one agent at a time gets the lock of its task; the lock ends with the process.
      const work = `git commit -q --allow-empty -m Work && echo ${number} >> ${at('commits')}; sleep 0.5`
      const description = [
        `step run flock -n ${at(`lock-${number}`)} sh -c '${work}' || echo ${number} >> ${at('twice')}`,
        'step complete Done.',
      ].join('\n')
      const { task } = await createTask(ctx, { title: 'Work', projectId, status: 'todo', description })
      await editTask(ctx, task.key, { runState: 'queued' })
    }
  })
  const startRunner = () =>
    spawnProgram(['--config', file], { url: `http://127.0.0.1:${world.env.PORT}`, token: world.board.token })

  let server = await launchProcess(world.env)
  await server.ready
  let runner = startRunner()
  const done = new AbortController()
  const owner = queueLostOnes(done.signal)
  for (let kill = 0; kill < 2 * kills; kill += 1) {
    await pause(random() * 3_000)
    if (kill % 2 === 0) {
      await server.kill()
      await pause(random() * 1_000)
      server = await launchProcess(world.env)
    } else {
      runner.kill('SIGKILL')
      await runner.exit
      await pause(random() * 1_000)
      runner = startRunner()
    }
  }
  await server.ready
  await expect.poll(unfinished, { timeout: maxWorkingMs + kills * 10_000, interval: 500 }).toEqual([])
  done.abort()
  await owner
  runner.kill('SIGTERM')
  expect(await runner.exit).toBe(0)
  await server.stop()

  const found = await world.board.look(async ({ db }) => ({
    tasks: await db.select().from(tasks),
    runs: await db.select().from(runs).orderBy(asc(runs.taskId), asc(runs.startedAt)),
  }))
  const lines = (name: string) => readFileSync(at(name), { encoding: 'utf8', flag: 'a+' }).trim().split('\n')
  expect(lines('twice')).toEqual([''])
  // Each commit of each attempt is still on its task's branch.
  for (const { taskNumber, branch } of found.tasks) {
    const made = lines('commits').filter((line) => line === String(taskNumber)).length
    const kept = git(repository, 'log', '--format=%s', branch ?? '').split('\n')
    expect(kept.filter((subject) => subject === 'Work').length).toBeGreaterThanOrEqual(made)
  }
  // One run after the other, and no lost one is open for more than two minutes.
  const overlapping = found.runs.filter(
    ({ taskId, startedAt }, index) =>
      found.runs[index - 1]?.taskId === taskId && (found.runs[index - 1]?.endedAt ?? startedAt) > startedAt,
  )
  expect(overlapping).toEqual([])
  expect(found.runs.filter(({ endedAt }) => endedAt === null)).toEqual([])
  const lost = found.runs.filter(({ outcome }) => outcome === 'lost')
  expect(lost.filter(({ startedAt, endedAt }) => Number(endedAt) - Number(startedAt) > maxWorkingMs)).toEqual(
    [],
  )
  expect(world.playground.world.violations).toEqual([])
  console.log(
    `${kills} kills each, seed ${seed}: ${found.runs.length} runs of ${count} tasks, ${lost.length} of them lost`,
  )
})

interface Unfinished {
  readonly id: string
  readonly status: string
  readonly run_state: string | null
}

/** Lists the tasks that are not ready. */
async function unfinished(): Promise<Unfinished[]> {
  const url = `http://127.0.0.1:${world.env.PORT}/api/tasks?limit=200`
  const answer = await fetch(url, { headers: { authorization: `Bearer ${world.board.token}` } })
  const { tasks: all } = (await answer.json()) as { readonly tasks: readonly Unfinished[] }
  return all
    .filter(({ status }) => status !== 'ready')
    .map(({ id, status, run_state }) => ({ id, status, run_state }))
}

/** Queues each lost task again; after the second loss, by way of Hold. A list of many has no buttons for that: its tasks are opened. */
async function queueLostOnes(done: AbortSignal): Promise<void> {
  const user = world.user
  let rounds = 0
  while (!done.aborted) {
    for (const message of user.messages()) {
      const labels = labelsOf(message).flat()
      const label = ['Queue again', 'Keep on hold', 'Hold', 'Queue'].find((one) => labels.includes(one))
      if (label !== undefined) user.tap(label, message)
    }
    await pause(2_000)
    rounds += 1
    if (rounds % 10 === 0)
      for (const { id, status } of await unfinished().catch(() => []))
        if (status === 'hold') user.sendText(`/task ${id}`)
  }
}
