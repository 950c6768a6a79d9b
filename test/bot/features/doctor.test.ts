import { expect, test } from 'vitest'
import type { Engine } from '../../../src/db/schema.ts'
import { createToken, revokeToken } from '../../../src/domain/access/tokens.ts'
import { minuteMs } from '../../../src/domain/core/durations.ts'
import { useBot } from '../../support/chat.ts'
import { both } from '../../support/mcp.ts'

let ahead = 0
const bot = useBot({ now: () => new Date(Date.now() + ahead) })

/** An agent that only says that it's there. */
async function agentOf(name: string, engine: Engine | null = null) {
  const { token, row } = await createToken(bot().ctx, { name, engine })
  const send = (path: string, body: object) =>
    fetch(`${bot().url()}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: both },
      body: JSON.stringify(body),
    })
  return {
    id: row.id,
    hook: () => send('/hooks/claude', { session_id: name, hook_event_name: 'Notification' }),
    useMcp: () => send('/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    useRest: () => send('/api/tasks/claim', {}),
  }
}
const doctor = async () => {
  bot().user.sendText('/doctor')
  return (await bot().user.nextMessage('Bot token')).text
}

test('/doctor says when the hooks and MCP of each token were last heard from', async () => {
  await agentOf('unused')
  const gemini = await agentOf('phone', 'gemini-cli')
  const claude = await agentOf('laptop')
  const revoked = await agentOf('revoked')
  await claude.hook()
  ahead += 3 * minuteMs
  await gemini.useMcp()
  await claude.useMcp()
  await claude.hook()
  ahead += 5 * minuteMs
  await gemini.useRest()
  await claude.useMcp()
  await revoked.useMcp()
  await revokeToken(bot().ctx, revoked.id)

  const text = await doctor()

  expect(text).toContain('laptop: MCP just now, hooks 5 min ago')
  expect(text).toContain('phone: MCP 5 min ago\n')
  expect(text).toContain('unused: never used')
  expect(text).not.toContain('revoked')
})

test('/doctor says which token was used only over REST', async () => {
  const agent = await agentOf('script')
  await agent.useRest()
  expect(await doctor()).toContain('script: REST only, just now')
})
