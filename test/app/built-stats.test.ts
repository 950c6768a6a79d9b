import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/types.ts'
import { createCtx } from '../../src/domain/core/context.ts'
import type { Scope } from '../../src/domain/core/scope.ts'
import { requireProject } from '../../src/domain/projects/read.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { botToken } from '../support/bot.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { openProcessBoard, type ProcessBoard } from '../support/process-board.ts'

let telegram: Playground
let user: VirtualUser
let board: ProcessBoard
let bot: StartedProcess

beforeAll(async () => {
  telegram = await openPlayground({ botToken })
  user = virtualUser(telegram.world)
  board = await openProcessBoard(user)
  await board.look(finishThree)
  bot = await startProcess({ BOT_TOKEN: botToken, TELEGRAM_API_ROOT: telegram.url, ...board.env })
}, 120_000)

afterAll(async () => {
  await bot.kill()
  await telegram.close()
  await board.close()
})

/** Adds enough finished work for a chart. */
async function finishThree(scope: Scope & { readonly db: Database['db'] }): Promise<void> {
  const ctx = createCtx({ ...scope, actor: { kind: 'owner' }, now: () => new Date() })
  const { id: projectId } = await requireProject(scope, 'API')
  for (const title of ['One', 'Two', 'Three']) {
    const { task } = await createTask(ctx, { projectId, title, status: 'todo' })
    await editTask(ctx, task.id, { status: 'done' })
  }
}

// The renderer and its fonts are loaded on demand: the build must leave them where the program looks.
test('the built program draws the chart of /stats', async () => {
  user.sendText('/stats')

  expect((await user.nextMessage('The week', { within: 30_000 })).photo?.at(-1)).toMatchObject({
    width: 1080,
    height: 1350,
  })
})
