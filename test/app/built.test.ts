import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { addPost, pushUpdate } from '../../src/playground/world/posting.ts'
import { botToken } from '../support/bot.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { openProcessBoard, type ProcessBoard } from '../support/process-board.ts'

/** The build bundles many files into few: modules loaded on demand and assets must be in their place. */
describe('the built program includes', () => {
  let telegram: Playground
  let user: VirtualUser
  let board: ProcessBoard
  let bot: StartedProcess
  beforeAll(async () => {
    telegram = await openPlayground({ botToken })
    user = virtualUser(telegram.world)
    board = await openProcessBoard(user)
    bot = await startProcess({
      BOT_TOKEN: botToken,
      TELEGRAM_API_ROOT: telegram.url,
      METRICS_TOKEN: 'a-metrics-token-0123456789',
      ...board.env,
    })
  }, 120_000)
  afterAll(async () => {
    await bot.kill()
    await telegram.close()
    await board.close()
  })

  const get = (path: string, token = board.token) =>
    fetch(`${bot.url}${path}`, { headers: { authorization: `Bearer ${token}` } })

  test('natural-language dates and transliteration', async () => {
    user.sendText('Позвонить врачу ^завтра')
    const card = await user.nextMessage('Позвонить врачу', { within: 30_000 })

    expect(card.text).toContain('due tomorrow')
    const [, key = ''] = /(API-\d+)/.exec(card.text ?? '') ?? []
    expect(await (await get(`/api/tasks/${key}`)).text()).toContain('pozvonit-vrachu')
  })

  test('spreadsheets', async () => {
    user.sendText('/export')
    await user.nextPost()
    const { document } = await user.nextMessage()

    expect(document?.file_name).toMatch(/-tasks\.csv$/)
  })

  test('time zones of locations', async () => {
    const room = telegram.world.rooms.get(user.chatId)
    if (room === undefined) throw new Error('The owner has no chat.')
    const content = { location: { latitude: 37.57, longitude: 126.98 } }
    const { message } = addPost(telegram.world, { room, from: telegram.world.owner.user, content })
    pushUpdate(telegram.world, 'message', message, { chatId: user.chatId, userId: user.userId })

    user.tap('Use as my time zone', await user.nextMessage('Place'))

    await user.nextMessage('Seoul')
  })

  test('metrics', async () => {
    expect(await (await get('/metrics', 'a-metrics-token-0123456789')).text()).toContain('preqbot_')
  })

  test('MCP', async () => {
    const client = new Client({ name: 'codex', version: '1.0.0' })
    const requestInit = { headers: { authorization: `Bearer ${board.token}` } }
    await client.connect(new StreamableHTTPClientTransport(new URL(`${bot.url}/mcp`), { requestInit }))

    expect((await client.listTools()).tools.length).toBeGreaterThan(3)
    await client.close()
  })

  test('the playground’s page and Bot API', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'preqbot-built-'))
    const tried = await startProcess({ DATA_DIR: folder })
    try {
      const opened = await fetch(tried.url)
      const page = await opened.text()
      const assets = [...page.matchAll(/(?:src|href)="(\/?assets\/[^"]+)"/g)].map(([, path]) => path)
      expect(assets.length).toBeGreaterThan(1)
      for (const path of assets)
        expect((await fetch(new URL(path ?? '', `${tried.url}/`))).status, path).toBe(200)
      const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? ''
      const headers = { 'content-type': 'application/json', cookie }
      await fetch(`${tried.url}/client/start`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ payload: '' }),
      })
      const chat = async () => (await fetch(`${tried.url}/client/state`, { headers: { cookie } })).text()
      await expect.poll(chat, { timeout: 10_000 }).toContain('"is_bot":true')
      expect(tried.output()).not.toContain('Warning')
    } finally {
      await tried.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)
})
