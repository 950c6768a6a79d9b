import { afterEach, beforeEach, expect, test } from 'vitest'
import { questions } from '../../src/db/schema.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { openProcessWorld, type ProcessWorld } from '../support/process-world.ts'

let world: ProcessWorld
let bot: StartedProcess
let start: () => Promise<StartedProcess>

beforeEach(async () => {
  world = await openProcessWorld()
  start = () => startProcess(world.env)
  bot = await start()
}, 120_000)
afterEach(async () => {
  await bot.kill()
  await world.close()
})

const ask = (signal?: AbortSignal) =>
  fetch(`${bot.url}/hooks/claude`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.board.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      session_id: 's1',
      hook_event_name: 'PermissionRequest',
      tool_name: 'Bash',
      tool_input: { command: 'npm test' },
    }),
    ...(signal === undefined ? {} : { signal }),
  })
const read = () => world.board.look(({ db }) => db.select().from(questions))
const withdrawn = [expect.objectContaining({ state: 'withdrawn', answeredBy: 'agent', answer: null })]
const call = async (method: string, path: string, body?: object) => {
  const answered = await fetch(`${bot.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${world.board.token}`,
      'content-type': 'application/json',
      'preqbot-session': 's1',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await answered.json()) as { events: { payload: { changedFields?: string[] } }[] }
}
/** Waits until the task's question was asked or closed so many times. */
const noted = async (times: number) => {
  const count = async () => {
    const { events } = await call('GET', '/api/events')
    return events.filter((event) => event.payload.changedFields?.includes('question')).length
  }
  await expect.poll(count, { timeout: 20_000 }).toBe(times)
}
const begin = async () => {
  await call('POST', '/api/tasks', { title: 'Work', projectKey: 'WEB', status: 'todo' })
  await call('PATCH', '/api/tasks/WEB-1', { lifecycle_action: 'start' })
}

test('the question of an agent that hangs up, or of a process that stops, is withdrawn', async () => {
  await begin()
  const client = new AbortController()
  const hungUp = ask(client.signal)
  await noted(1)
  client.abort()
  await expect(hungUp).rejects.toThrow()
  await noted(2)
  const waiting = ask()
  await noted(3)

  await bot.stop()

  expect(await (await waiting).json()).toEqual({})
  expect(await read()).toEqual([...withdrawn, ...withdrawn])
}, 60_000)

test('the question of a process that was killed is withdrawn before the next one handles updates', async () => {
  await begin()
  const lost = ask().catch(() => null)
  await noted(1)
  await bot.kill()
  await lost

  bot = await start()
  await noted(2)
  await bot.stop()

  expect(await read()).toEqual(withdrawn)
}, 60_000)
