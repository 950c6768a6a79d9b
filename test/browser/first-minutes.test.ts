import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StartedProcess, startProcess } from '../support/process.ts'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const isThere = existsSync(executablePath)
// SHOTS=folder saves screenshots.
const shots = process.env.SHOTS

describe.skipIf(!isThere)(
  `the first minutes${isThere ? '' : ' (skipped: no Chromium; name one in CHROMIUM)'}`,
  () => {
    let folder: string
    let bot: StartedProcess
    let browser: Browser
    let page: Page
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'preqbot-first-'))
      bot = await startProcess({ DATA_DIR: join(folder, 'data') })
      browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      })
      page = await browser.newPage({ viewport: { width: 390, height: 844 }, timezoneId: 'Europe/Berlin' })
    }, 120_000)
    afterAll(async () => {
      await browser?.close()
      await bot?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const shoot = async (name: string) => {
      if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), timeout: 60_000 })
    }
    const sendText = async (text: string) => {
      await page.getByRole('textbox', { name: 'Message' }).fill(text)
      await page.keyboard.press('Enter')
    }

    test('in the playground, Start on the plain URL sets up the bot for the page’s user', async () => {
      const link = `${bot.url.replace('127.0.0.1', 'localhost')}/\\?key=[\\w-]{22}`
      expect(bot.output()).toMatch(
        new RegExp(`"msg":"Open ${link} to start \\(playground – nothing leaves this machine\\)"`),
      )
      await page.goto(bot.url)
      await page.getByText('Playground – nothing leaves this machine').waitFor()
      await page.getByText('Press Start to begin.').waitFor()
      await shoot('bare-address')

      await page.getByRole('button', { name: 'Start', exact: true }).click()

      await page.getByRole('button', { name: 'Berlin' }).waitFor()
      await shoot('first-screen')
    }, 60_000)

    test('a newcomer sets up and connects an agent, whose first claim gets the sample task', async () => {
      const press = (name: string) => page.getByRole('button', { name }).last().click()
      const shown = (text: string | RegExp) =>
        page.locator('.message:not(.mine)', { hasText: text }).waitFor()
      await press('Berlin')
      await shown('Which repository is your first project?')
      await sendText('Web shop')
      await shown('Web shop, key WS')
      await press('OK')
      await shown('Queued for an agent')
      await shoot('set-up')
      await press('Connect an agent')
      await press('Claude Code')
      await press('Never')
      await shown('claude --plugin-url')
      await shoot('connect')

      const text = await page.locator('.message:not(.mine)', { hasText: 'claude --plugin-url' }).innerText()
      const [, token = ''] = /PREQBOT_TOKEN=(preq_[\w-]+)/.exec(text) ?? []
      const [, url = ''] = /--plugin-url (\S+)\/agents\/claude\.zip/.exec(text) ?? []
      const claimed = await fetch(`${url.replace('localhost', '127.0.0.1')}/mcp`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'preq_claim_task', arguments: {} },
        }),
      })

      expect(JSON.parse(await claimed.text()).result.structuredContent).toMatchObject({
        task: { id: 'WS-1', title: 'Try me: say hello' },
      })
      await shown('Claude Code is connected.')
      await shown('Claude Code is working on it')
      await shoot('connected')
      expect(await page.locator('body').innerText()).not.toContain(token)
    }, 60_000)

    test('/security then lists no stranger', async () => {
      await sendText('/security')

      const card = page.locator('.message:not(.mine)', { hasText: 'Security' })
      await card.waitFor()
      await shoot('security')
      expect(await card.innerText()).not.toMatch(/stranger|Ignored/i)
    }, 60_000)

    test('the page’s stranger stays a stranger: Start gets no answer and /security shows it', async () => {
      await page.getByRole('button', { name: 'About this playground' }).click()
      await shoot('drawer')
      await page.getByText('A stranger', { exact: true }).click()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Start', exact: true }).click()
      await page.locator('.message', { hasText: '/start' }).waitFor()
      await shoot('stranger')

      await page.getByRole('button', { name: 'About this playground' }).click()
      await page.getByText('You', { exact: true }).click()
      await page.keyboard.press('Escape')
      await sendText('/security')

      await page.locator('.message:not(.mine)', { hasText: 'Ignored a message from user 1002' }).waitFor()
    }, 60_000)
  },
)
