import { existsSync } from 'node:fs'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addTasks, useBot } from '../support/chat.ts'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const isThere = existsSync(executablePath)

describe.skipIf(!isThere)(
  `answers on a phone${isThere ? '' : ' (skipped: no Chromium; name one in CHROMIUM)'}`,
  () => {
    const bot = useBot()
    let browser: Browser
    let page: Page

    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      })
    })
    beforeEach(async () => {
      page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    })
    afterEach(() => page.close())
    afterAll(() => browser?.close())

    const messageOf = (words: string) => page.locator('.message.theirs').filter({ hasText: words }).last()
    const rowsOf = (message: Locator) => message.locator('.keyboard .row')
    const boxOf = async (locator: Locator) => {
      const box = await locator.boundingBox()
      if (box === null) throw new Error('It is not on the page.')
      return box
    }

    test('a capture of five words is answered in at most 110 px with one row of four buttons', async () => {
      bot().user.sendText('Fix the login page today')
      await bot().user.nextMessage('WEB-1')
      await page.goto(bot().telegramUrl)
      const answer = messageOf('WEB-1')
      await answer.waitFor()

      expect((await boxOf(answer.locator('.bubble'))).height).toBeLessThanOrEqual(110)
      expect(await rowsOf(answer).count()).toBe(1)
      expect(await rowsOf(answer).locator('.key').allTextContents()).toEqual([
        'Queue',
        'Todo',
        'Edit',
        '↩️ Undo',
      ])
      expect(await answer.locator('.reply-quote').count()).toBe(0)
    })

    test('five words with every kind of token still fit into 110 px', async () => {
      bot().user.sendText('Fix the login page today !high @codex #backend ^fri')
      await bot().user.nextMessage('WEB-1')
      await page.goto(bot().telegramUrl)
      const answer = messageOf('WEB-1')
      await answer.waitFor()

      expect((await boxOf(answer.locator('.bubble'))).height).toBeLessThanOrEqual(110)
    })

    test('a deck card with a note of six lines fits on one screen', async () => {
      await addTasks(bot(), [
        {
          title: 'Fix the login page',
          description: Array.from({ length: 6 }, (_, index) => `Line ${index + 1} of the note`).join('\n'),
          priority: 'high',
        },
        { title: 'Another' },
      ])
      bot().user.sendText('/inbox')
      await bot().user.nextMessage('1 of 2')
      await page.goto(bot().telegramUrl)
      const card = messageOf('1 of 2')
      await card.waitFor()

      const { y, height } = await boxOf(card)
      const input = await boxOf(page.getByRole('textbox', { name: 'Message' }))

      expect(y).toBeGreaterThanOrEqual(0)
      expect(y + height).toBeLessThanOrEqual(input.y)
      expect(await card.locator('blockquote').count()).toBe(1)
      expect((await boxOf(card.locator('blockquote'))).height).toBeLessThan(6 * 20)
    })
  },
)
