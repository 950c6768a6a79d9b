import { describe, expect, test } from 'vitest'
import { type AgentKind, connectLines } from '../../../src/view/system/connect.ts'
import { addTasks } from '../../support/chat.ts'
import { claude } from '../programs/claude.ts'
import { codex } from '../programs/codex.ts'
import { gemini } from '../programs/gemini.ts'
import { useStage } from '../stage.ts'

const stage = useStage()
const prompt = 'Take my next preqbot task.'
const unzip = (name: string, url: string) =>
  `curl -fsSL ${url}/agents/${name}.zip -o plugin.zip && unzip -qo plugin.zip -d ~/.preqbot-${name}`

/** Returns the lines that the chat shows, without the token, which is in the environment. */
function linesOf(kind: AgentKind, url: string): string {
  return connectLines(kind, { url, token: '' }).now.replace(/^export .*\n/, '')
}

describe.each([
  [claude, () => ''],
  [codex, (url: string) => linesOf('Codex', url)],
  [gemini, (url: string) => linesOf('Gemini CLI', url)],
] as const)('$0.name', (program, linesAt) => {
  test('with only its plugin and a token, knows the skill, claims a task and completes it', async () => {
    const { bot, model, wire, connect } = stage()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
    model.script(prompt, [
      { tool: 'preq_claim_task' },
      { tool: 'preq_complete_task', args: { taskId: 'WEB-1', summary: 'The login works again.' } },
    ])
    const agent = await connect(program, { plugin: true })

    expect(await agent.start(prompt, linesAt(wire.url)).exit).toBe(0)

    await bot.user.nextMessage('The login works again.')
    expect(model.requests[0]?.raw).toContain('Work on tasks from the preqbot board')
  })
})

test('its own checks accept the plugin (Claude Code, Gemini CLI)', async () => {
  const { wire, connect } = stage()
  const inClaude = await connect(claude, { plugin: true })
  const inGemini = await connect(gemini, { plugin: true })

  const checked = inClaude.run(`${unzip('claude', wire.url)}\nclaude plugin validate ~/.preqbot-claude`)
  const validated = inGemini.run(`${unzip('gemini', wire.url)}\ngemini extensions validate ~/.preqbot-gemini`)

  expect([await checked.exit, await validated.exit]).toEqual([0, 0])
})
