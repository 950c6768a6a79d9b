import type { Message } from 'grammy/types'
import { connectAgent, type TestAgent } from './agent.ts'
import type { TestBot } from './bot.ts'
import { addTasks } from './chat.ts'

const claimTool = 'mcp__preqbot__preq_claim_task'
let count = 0

/** A session of an agent whose hooks report to the bot. */
export interface TestSession {
  readonly agent: TestAgent
  readonly id: string
  /** Reports an event and returns the answer. */
  readonly hook: (event: string, fields?: object) => Promise<unknown>
  /** Reports a used tool, by default one that changes nothing. */
  readonly use: (name?: string, fields?: object) => Promise<unknown>
  readonly stop: (fields?: object) => Promise<unknown>
}

/** Opens a session of an agent, by default of a new one. */
export async function openSession(
  bot: TestBot,
  {
    agent: given,
    program = 'claude',
  }: { readonly agent?: TestAgent; readonly program?: 'claude' | 'codex' } = {},
): Promise<TestSession> {
  const agent = given ?? (await connectAgent(bot))
  count += 1
  const id = `session-${count}`
  const hook = async (event: string, fields = {}) =>
    (await agent.hook({ session_id: id, hook_event_name: event, ...fields }, program)).body
  const use = (tool_name = 'Read', fields = {}) =>
    hook('PostToolUse', { tool_name, tool_input: {}, tool_response: {}, ...fields })
  return { agent, id, hook, use, stop: (fields = {}) => hook('Stop', { stop_hook_active: false, ...fields }) }
}

/** Lets a session work on WEB-1, as its hooks report, and shows the card. */
export async function workingSession(
  bot: TestBot,
  program: 'claude' | 'codex' = 'claude',
): Promise<TestSession & { readonly card: Message }> {
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo' }])
  const session = await openSession(bot, { program })
  await session.agent.claim({ status: 'todo' })
  await session.use(claimTool, { tool_response: { task: { task_key: 'WEB-1' } } })
  bot.user.sendText('/task WEB-1')
  const card = await bot.user.nextMessage('Fix the login')
  return { ...session, card }
}
