import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { openProcessWorld, type ProcessWorld } from '../support/process-world.ts'
import { createRandom } from '../support/random.ts'
import { updatesBy } from '../support/updates.ts'

// REPLIES=200 kills the process 200 times while it answers a hook; SEED repeats a run.
const kills = Number(process.env.REPLIES ?? 2)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const wait = { timeout: 20_000 }

let world: ProcessWorld
let bot: StartedProcess
let start: () => Promise<StartedProcess>

beforeAll(async () => {
  world = await openProcessWorld()
  start = () => startProcess(world.env)
  bot = await start()
}, 120_000)

afterAll(async () => {
  await bot.kill()
  await world.close()
})

const send = async (method: string, path: string, body?: object): Promise<string> => {
  const answered = await fetch(`${bot.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${world.board.token}`,
      'content-type': 'application/json',
      'preqbot-session': 's1',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return answered.text()
}
const use = () =>
  send('POST', '/hooks/claude', {
    session_id: 's1',
    hook_event_name: 'PostToolUse',
    tool_name: 'Read',
    tool_input: {},
  })
const comments = () => send('GET', '/api/tasks/WEB-1/comments')

test(`${kills} replies, each with a kill while a hook takes it, with ${updatesBy}: none comes twice, and none vanishes (seed ${seed})`, {
  timeout: 120_000 + kills * 20_000,
}, async () => {
  const random = createRandom(seed)
  await send('POST', '/api/tasks', { title: 'Work', projectKey: 'WEB', status: 'todo' })
  await send('PATCH', '/api/tasks/WEB-1', { lifecycle_action: 'start' })
  world.user.sendText('/task WEB-1')
  const card = await world.user.nextMessage('is working on it', { within: 20_000 })

  for (let kill = 1; kill <= kills; kill += 1) {
    const text = `Reply ${kill}.`
    world.user.reply(card, text)
    await expect.poll(comments, wait).toContain(text)
    const first = use().catch(() => '')
    await pause(random() * 30)
    await bot.kill()
    bot = await start()

    const answers = [await first, await use(), await use()]

    const brought = answers.filter((answer) => answer.includes(text)).length
    expect(brought).toBeLessThanOrEqual(1)
    const { task } = JSON.parse(await send('GET', '/api/tasks/WEB-1'))
    const kept = task.feedback.find((one: { text: string }) => one.text === text)
    // One that no answer brought was taken by the hook whose process was killed.
    expect([brought, kept?.heard_at !== undefined]).toEqual([brought, true])
  }
})
