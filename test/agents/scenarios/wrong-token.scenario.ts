import { describe, expect, test } from 'vitest'
import { addTasks } from '../../support/chat.ts'
import { programs, useStage } from '../stage.ts'

const stage = useStage()
const prompt = 'Take my next preqbot task.'

/** Returns the lines about the server, without their time. */
function aboutServer(output: string): string {
  const lines = output.split('\n').filter((line) => /auth|mcp|preqbot|401/i.test(line))
  const found = lines.filter((line) => !line.includes(prompt) && !line.includes('preqbot-agent-'))
  if (found.length === 0) return 'nothing about it'
  return found.map((line) => `\`${line.replace(/^\S+Z\s+/, '')}\``).join(' ')
}

describe.each(programs)('$name', (program) => {
  test('with a wrong token, has none of our tools and still ends', async () => {
    const { bot, model, connect, report } = stage()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
    model.script(prompt, [{ text: 'I have no such tool.' }])
    const agent = await connect(program, { token: `preq_${'A'.repeat(32)}` })

    const started = agent.start(prompt)

    expect(await started.exit).toBe(0)
    expect(model.requests[0]?.tools.filter((name) => name.includes('preq_'))).toEqual([])
    expect(started.output()).not.toContain('preq_AAAA')
    report(aboutServer(started.output()))
  })
})
