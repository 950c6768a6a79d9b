import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'
import type { InlineKeyboardButton, InlineQueryResultArticle, Message } from 'grammy/types'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clientRoutes } from '../../src/playground/server/page-api.ts'
import { formatted } from '../../src/playground/text/formatted.ts'
import { addPost, removePosts, replacePost } from '../../src/playground/world/posting.ts'
import { createWorld, type Post, type World } from '../../src/playground/world/world.ts'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const isThere = existsSync(executablePath)
const pageKey = (key: string) => ({ key, opensBare: true, isHttps: false })

describe.skipIf(!isThere)(
  `the chat page in a browser${isThere ? '' : ' (skipped: no Chromium; name one in CHROMIUM)'}`,
  () => {
    let browser: Browser
    let world: World
    let server: ServerType
    let page: Page
    let url: string
    const faults: string[] = []

    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      })
    })

    afterAll(() => browser?.close())

    beforeEach(async () => {
      world = createWorld()
      const { fetch } = clientRoutes(world, { pageKey: pageKey('first') })
      server = serve({ fetch, port: 0, hostname: '127.0.0.1' })
      await new Promise((resolve) => server.once('listening', resolve))
      url = `http://localhost:${(server.address() as AddressInfo).port}/`
      page = await browser.newPage({ viewport: { width: 390, height: 844 } })
      faults.length = 0
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (entry) => entry.type() === 'error' && faults.push(entry.text()))
    })

    afterEach(async () => {
      await page.close()
      await new Promise((resolve) => {
        server.close(resolve)
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      expect(faults).toEqual([])
    })

    function send(
      html: string,
      keyboard?: InlineKeyboardButton[][],
      more: { silent?: boolean; prompt?: Post['prompt'] } = {},
    ) {
      const { text, entities } = formatted(html, 'HTML', undefined)
      const markup = keyboard === undefined ? {} : { reply_markup: { inline_keyboard: keyboard } }
      const content = { text, entities: [...entities], ...markup }
      const { prompt, ...rest } = more
      return addPost(world, {
        room: room(),
        from: world.bot.user,
        content,
        ...rest,
        ...(prompt ? { prompt } : {}),
      })
    }

    function change(post: Post, text: string) {
      const { entities: _, ...message } = post.message
      replacePost(world, room(), { ...post, message: { ...message, text, edit_date: message.date + 60 } })
    }

    function room() {
      const found = world.rooms.get(world.owner.user.id)
      if (!found) throw new Error('The owner has no chat.')
      return found
    }

    function answerTaps(answer: { text?: string; showAlert: boolean }) {
      world.subscribe((event) => {
        if (event.type !== 'tapped') return
        const { type: _, ...tapped } = event
        queueMicrotask(() => world.emit({ type: 'callback-answered', ...tapped, ...answer }))
      })
    }

    const messages = () => page.locator('.message')
    const input = () => page.getByRole('textbox', { name: 'Message' })

    test('an empty chat offers Start, which sends the URL’s payload once', async () => {
      await page.goto(`${url}?start=code_42`)

      await page.getByRole('button', { name: 'Start', exact: true }).click()

      await messages().getByText('/start code_42').waitFor()
      expect(page.url()).toBe(url)
      expect(await input().isVisible()).toBe(true)
    })

    test('Enter sends and Shift+Enter starts a new line', async () => {
      send('hello')
      await page.goto(url)
      await input().fill('two')

      await input().press('Shift+Enter')
      await input().pressSequentially('lines')
      await input().press('Enter')

      await page.locator('.mine .text').waitFor()
      expect([...room().posts.values()].at(-1)?.message.text).toBe('two\nlines')
      expect(await input().inputValue()).toBe('')
    })

    test('what a bot writes is never parsed as HTML', async () => {
      send('&lt;img src=x onerror="document.title=1"&gt; <b>bold</b> <a href="javascript:alert(1)">link</a>')
      await page.goto(url)

      await messages().getByText('<img src=x').waitFor()

      expect(await messages().locator('img').count()).toBe(0)
      expect(await messages().locator('strong').textContent()).toBe('bold')
      expect(await messages().locator('a').count()).toBe(0)
    })

    test('a tap shows the bot’s answer, and the edit appears in place', async () => {
      const card = send('<b>API-1</b> waits', [[{ text: 'Done', callback_data: 'done' }]])
      answerTaps({ text: 'Marked as done', showAlert: false })
      await page.goto(url)
      await page.getByRole('button', { name: 'Done', exact: true }).click()

      await page.locator('#toast').getByText('Marked as done').waitFor()
      change(card, 'API-1 is done')

      await messages().getByText('API-1 is done').waitFor()
      expect(await messages().count()).toBe(1)
      expect(await messages().locator('.meta').textContent()).toContain('edited')
      expect(
        await page
          .getByRole('button', { name: 'Done', exact: true })
          .evaluate((node) => node.matches(':focus')),
      ).toBe(true)
    })

    test('a pressed button spins until the bot answers', async () => {
      send('wait', [[{ text: 'Slow', callback_data: 'slow' }]])
      await page.goto(url)
      await page.getByRole('button', { name: 'Slow' }).click()
      await page.locator('.key[aria-busy="true"]').waitFor()

      const [queryId = '', tapped] = [...world.taps][0] ?? []
      if (!tapped) throw new Error('Nothing was tapped.')
      world.emit({ type: 'callback-answered', ...tapped, queryId, showAlert: false })

      await page.locator('.key:not([aria-busy])').waitFor()
    })

    test('an alert waits for its OK', async () => {
      send('card', [[{ text: 'Why', callback_data: 'why' }]])
      answerTaps({ text: 'It changed meanwhile.', showAlert: true })
      await page.goto(url)
      await page.getByRole('button', { name: 'Why' }).click()

      const dialog = page.getByRole('dialog')
      await dialog.getByText('It changed meanwhile.').waitFor()
      await dialog.getByRole('button', { name: 'OK' }).click()

      await dialog.waitFor({ state: 'hidden' })
    })

    test('deleted messages disappear, and silent ones are marked', async () => {
      const gone = send('gone soon')
      send('quiet', undefined, { silent: true })
      await page.goto(url)
      await messages().getByText('gone soon').waitFor()

      removePosts(world, room(), [gone.message.message_id])

      await messages().getByText('gone soon').waitFor({ state: 'detached' })
      expect(await messages().getByLabel('Silent message').count()).toBe(1)
    })

    test('a long quote unfolds, and stays unfolded through an edit of the keyboard', async () => {
      const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`).join('\n')
      const post = send(`<blockquote expandable>${lines}</blockquote>`, [
        [{ text: 'One', callback_data: '1' }],
      ])
      await page.goto(url)
      await page.getByRole('button', { name: 'Show all' }).click()

      const reply_markup = { inline_keyboard: [[{ text: 'Two', callback_data: '2' }]] }
      replacePost(world, room(), { ...post, message: { ...post.message, reply_markup } })

      await page.getByRole('button', { name: 'Two' }).waitFor()
      expect(await page.getByRole('button', { name: 'Show less' }).isVisible()).toBe(true)
    })

    test('on a phone, nothing is wider than the screen, and a card’s buttons show their whole labels', async () => {
      const row = (...labels: string[]) => labels.map((text) => ({ text, callback_data: text }))
      const long = 'x'.repeat(500)
      send(
        `<b>${long}</b> <code>${long}</code> https://example.com/${long}\n<pre>${long}</pre><blockquote>${long}</blockquote>`,
        [
          row('Todo', 'Hold', 'Archive', 'Done'),
          row('Priority', 'Labels', 'Engine', 'Due'),
          row('⭐ Focus', 'Edit', 'Unqueue', 'More'),
          row('✓ 🔴 Highest', 'Los Angeles 00:45'),
          row('📦 Default project', '⌨️ Another name'),
        ],
      )
      await page.goto(url)
      await messages().first().waitFor()

      const wide = await page.evaluate(`[...document.querySelectorAll('.message, .bubble, .key')]
        .filter((node) => node.getBoundingClientRect().right > innerWidth).length`)
      const cut = await page.evaluate(`[...document.querySelectorAll('.key, .key *')]
        .filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0).map((node) => node.textContent)`)

      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
      expect(wide).toBe(0)
      expect(cut).toEqual([])
    })

    test('a pinned message is shown at the top and as a service message, and a press jumps to it', async () => {
      const { message } = send('the living card')
      room().pinned.push(message.message_id)
      const pinned = { pinned_message: message as NonNullable<Message['pinned_message']> }
      addPost(world, { room: room(), from: world.bot.user, content: pinned })
      await page.goto(url)
      await page.getByText('preqbot pinned “the living card”').waitFor()

      await page.getByRole('button', { name: 'Pinned message the living card' }).click()

      await page.locator(`#m${message.message_id}.lit`).waitFor()
    })

    test('force_reply opens the reply bar, and the answer replies to that message', async () => {
      await page.goto(url)
      await page.getByRole('button', { name: 'Start', exact: true }).click()
      await messages().getByText('/start').waitFor()
      const prompt = { force_reply: true as const, input_field_placeholder: 'Why not?' }
      const question = send('Send back: why?', undefined, { prompt })
      await page.getByPlaceholder('Why not?').fill('No tests')

      await page.keyboard.press('Enter')

      await messages().getByText('No tests').waitFor()
      const last = [...room().posts.values()].at(-1)?.message
      expect(last?.reply_to_message?.message_id).toBe(question.message.message_id)
    })

    test('"/" lists the matching commands, and Enter sends the chosen one', async () => {
      const commands = ['inbox', 'board', 'broken'].map((command) => ({
        command,
        description: `opens ${command}`,
      }))
      world.bot.commands.set('default', { scope: { type: 'default' }, languageCode: '', commands })
      send('hello')
      await page.goto(url)
      await input().pressSequentially('/b')
      await page.getByRole('option').first().waitFor()
      expect(await page.getByRole('option').count()).toBe(2)

      await input().press('ArrowDown')
      await input().press('Enter')

      await messages().getByText('/broken').waitFor()
    })

    test('one’s own message can be edited from its menu', async () => {
      await page.goto(url)
      await page.getByRole('button', { name: 'Start', exact: true }).click()
      await messages().locator('.bubble').first().click({ button: 'right' })
      await page.getByRole('menuitem', { name: 'Edit' }).click()
      await input().fill('/start again')

      await page.getByRole('button', { name: 'Save' }).click()

      await messages().getByText('edited').waitFor()
      expect([...room().posts.values()].map(({ message }) => message.text)).toEqual(['/start again'])
    })

    test('after a restart with a new key, the page shows the current state without duplicates', async () => {
      send('before')
      await page.goto(url)
      await messages().getByText('before').waitFor()
      const { port } = server.address() as AddressInfo
      await new Promise((resolve) => {
        server.close(resolve)
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      await page.getByText('connecting…').waitFor()
      send('meanwhile')
      const { fetch } = clientRoutes(world, { pageKey: pageKey('second') })
      server = serve({ fetch, port, hostname: '127.0.0.1' })

      await messages().getByText('meanwhile').waitFor()

      expect(await messages().locator('.text').allTextContents()).toEqual([
        expect.stringContaining('before'),
        expect.stringContaining('meanwhile'),
      ])
      // The browser logs the refused connections itself.
      faults.splice(0, faults.length, ...faults.filter((fault) => !/ERR_|EventSource|401/.test(fault)))
    })

    test('a page that only opens with the printed link says so, and opens with it', async () => {
      await new Promise((resolve) => server.close(resolve))
      const { fetch } = clientRoutes(world, { pageKey: { ...pageKey('printed'), opensBare: false } })
      server = serve({ fetch, port: Number(new URL(url).port), hostname: '127.0.0.1' })
      send('hello')
      await page.goto(url)
      await page.getByText('Open the link that the terminal printed.').waitFor()
      expect(await messages().count()).toBe(0)

      await page.goto(`${url}?key=printed`)

      await messages().getByText('hello').waitFor()
      expect(page.url()).toBe(url)
      faults.splice(0, faults.length, ...faults.filter((fault) => !/EventSource|401/.test(fault)))
    })

    test('a viewer who has scrolled up stays there and sees a count of new messages', async () => {
      for (let index = 0; index < 40; index += 1) send(`message ${index}`)
      await page.goto(url)
      await messages().getByText('message 39').waitFor()
      await page.mouse.move(195, 400)
      await page.mouse.wheel(0, -900)
      await page.locator('#jump').waitFor()
      const scroll = page.locator('#scroll')
      const before = await scroll.evaluate((node) => node.scrollTop)

      send('one more')

      await page.getByRole('button', { name: 'To the newest message, 1 new' }).waitFor()
      expect(await scroll.evaluate((node) => node.scrollTop)).toBe(before)
    })

    test('inline mode lists results and sends the chosen one', async () => {
      send('hello')
      const result = (id: string): InlineQueryResultArticle => ({
        type: 'article',
        id,
        title: `API-${id}`,
        input_message_content: { message_text: `chosen ${id}` },
      })
      world.subscribe((event) => {
        if (event.type !== 'update-queued') return
        for (const pending of world.inlineQueries.values()) {
          if (pending.results !== null) continue
          const results = [result('1'), result('2')]
          pending.results = results
          const { queryId, userId } = pending
          queueMicrotask(() =>
            world.emit({ type: 'inline-answered', queryId, userId, results, nextOffset: '' }),
          )
        }
      })
      await page.goto(url)
      await messages().first().waitFor()
      await input().fill(`@${world.bot.user.username} api`)

      await page.getByRole('option', { name: 'API-2' }).click()

      await messages().getByText('chosen 2').waitFor()
      expect(await input().inputValue()).toBe('')
    })

    test('after a burst of a thousand messages, the page keeps few elements and shows the newest', async () => {
      send('first')
      await page.goto(url)
      await messages().first().waitFor()

      // With a period, because the time follows the text directly: at midnight, "burst 100" reads "burst 10000:05".
      for (let index = 1; index <= 1000; index += 1) send(`burst ${index}.`)

      await messages().getByText('burst 1000.').waitFor()
      await page.getByRole('button', { name: 'Earlier messages' }).waitFor()
      // The page draws and trims frame by frame, so wait for both.
      await messages().nth(600).waitFor({ state: 'detached' })
      await messages().last().waitFor({ state: 'visible' })
    })

    test('the stranger has their own chat', async () => {
      send('for the owner alone')
      await page.goto(url)
      await messages().first().waitFor()
      await page.getByRole('button', { name: 'About this playground' }).click()

      await page.getByText('A stranger', { exact: true }).click()

      await messages().first().waitFor({ state: 'detached' })
      await page.getByText('Sending as A stranger').waitFor()
    })
  },
)
