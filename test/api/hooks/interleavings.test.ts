import { like } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { questions } from '../../../src/db/schema.ts'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { answerQuestion } from '../../../src/domain/tasks/questions/answer.ts'
import { withdrawAbandoned } from '../../../src/domain/tasks/questions/close-questions.ts'
import { lockPermissions } from '../../../src/domain/tasks/questions/lock.ts'
import { openApi, type TestApi } from '../../support/api.ts'
import { createRandom } from '../../support/random.ts'

// HOOK_RUNS=500 plays 500 sessions; SEED repeats a run.
const runs = Number(process.env.HOOK_RUNS ?? 5)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const stepsPerRun = 25

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const commands = ['npm test', 'ls', 'rm -rf build'] as const
const agents = [undefined, 'sub-1', 'sub-2'] as const

interface Sent {
  readonly command: string
  readonly agent: string | undefined
  readonly behavior: string | undefined
}

test(`${runs} sessions with taps, double taps, timeouts, restarts and late hooks at once: nothing is allowed that wasn't waiting (seed ${seed})`, {
  timeout: 60_000 + runs * 5_000,
}, async () => {
  const random = createRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  for (let run = 0; run < runs; run += 1) {
    const session = `run-${seed}-${run}`
    const sent: Promise<Sent>[] = []
    const others: Promise<unknown>[] = []
    const rules: (string | null)[] = []
    let isLocked = false
    let stopping = new AbortController()
    let server = api.another({ signal: stopping.signal })
    const hook = async (event: string, fields: object) => {
      const body = { session_id: session, hook_event_name: event, cwd: '/repo', ...fields }
      return (await server.call('POST', '/hooks/claude', { body })).body
    }
    const use = () => ({ tool_name: 'Bash', tool_input: { command: pick(commands) }, agent_id: pick(agents) })
    const openIds = async () =>
      (await api.db.select().from(questions).where(like(questions.session, session))).map(({ id }) => id)
    const tap = async (options: string[], forSession: boolean) => {
      const ids = await openIds()
      const id = ids.at(-1 - Math.floor(random() * 3))
      // A refusal, e.g. of a rule for a dangerous command, changes nothing.
      const answered =
        id === undefined ? null : await answerQuestion(api.ctx, id, { options, forSession }).catch(() => null)
      if (forSession && answered?.isLate === false) rules.push(answered.question.detail)
      api.deps.wakeup.trigger()
    }
    const steps: readonly (() => void)[] = [
      ...Array.from({ length: 6 }, () => () => {
        const asked = use()
        const { command } = asked.tool_input
        const answered = hook('PermissionRequest', asked).then((body) => ({
          command,
          agent: asked.agent_id,
          behavior: body.hookSpecificOutput?.decision.behavior,
        }))
        sent.push(answered)
      }),
      ...Array.from({ length: 5 }, () => () => void others.push(tap(['allow'], random() < 0.2))),
      () => void others.push(tap(['deny'], false)),
      () => void others.push(tap(['allow'], false), tap(['deny'], false), tap(['allow'], false)),
      () => void others.push(hook('PreToolUse', { ...use(), tool_use_id: `t${Math.floor(random() * 4)}` })),
      () => void others.push(hook('PostToolUse', { ...use(), tool_use_id: `t${Math.floor(random() * 4)}` })),
      () => void others.push(hook(pick(['Stop', 'UserPromptSubmit', 'SessionEnd']), {})),
      () => void others.push(hook('SubagentStop', { agent_id: pick(agents) })),
      () => {
        api.clock.advance({ ms: 540_000 })
        api.deps.wakeup.trigger()
      },
      () => {
        stopping.abort()
        stopping = new AbortController()
        server = api.another({ signal: stopping.signal })
        others.push(withdrawAbandoned(api.ctx, () => false))
      },
      () => {
        isLocked = true
        others.push(lockPermissions(api.ctx).then(() => changeSettings(api.ctx, { locked: false })))
      },
    ]

    for (let step = 0; step < stepsPerRun; step += 1) {
      pick(steps)()
      // Sometimes one step meets the next half done, sometimes it is over.
      if (random() < 0.5) await new Promise((resolve) => setTimeout(resolve, random() * 20))
    }
    await Promise.all(others)
    stopping.abort()
    const answered = await Promise.all(sent)

    const asked = await api.db.select().from(questions).where(like(questions.session, session))
    const chosen = ({ answer }: (typeof asked)[number]) => answer?.items[0]?.options[0]?.id
    expect(rules).not.toContain('rm -rf build')
    expect(asked.filter(({ state, answer }) => (state === 'answered') !== (answer !== null))).toEqual([])
    expect(asked.filter(({ answeredBy, answer }) => answer !== null && answeredBy !== 'chat')).toEqual([])
    for (const { command, agent, behavior } of answered) {
      const decided = asked
        .filter(({ detail, tool }) => detail === command && tool?.agentId === (agent ?? null))
        .map(chosen)
      if (behavior === 'allow' && !rules.includes(command))
        expect(decided, `${command} of ${agent}`).toContain('allow')
      if (behavior === 'deny' && !isLocked) expect(decided, `${command} of ${agent}`).toContain('deny')
    }
    // Who was answered while a request waited reached that request.
    for (const question of asked.filter(
      ({ state, fetchedAt }) => state === 'answered' && fetchedAt !== null,
    )) {
      const same = answered.filter(
        ({ command, agent }) => question.detail === command && question.tool?.agentId === (agent ?? null),
      )
      expect(same.map(({ behavior }) => behavior)).toContain(chosen(question))
    }
  }
})
