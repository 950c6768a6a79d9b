import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createToken } from '../../src/domain/access/tokens.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { addTasks, useBot } from '../support/chat.ts'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const isThere = existsSync(executablePath)

const titles = [
  'Fix the login redirect after sign-out on Safari, where the old page comes back',
  '로그아웃 후 로그인 페이지로 이동하지 않는 문제를 고치고 테스트를 추가하기',
  '🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀',
  'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen umbenennen',
  'WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW',
]

const screens = [
  '/start',
  '/inbox',
  '/todo',
  '/hold',
  '/ready',
  '/done',
  '/tasks',
  '/board',
  '/focus',
  '/due',
  '/agents',
  '/projects',
  '/projects INFRA',
  '/labels',
  '/settings',
  '/digest',
  '/search the',
  '/stats week',
  '/audit',
  '/help',
]
const menus = [
  ['WEB-1', 'Edit', 'Priority'],
  ['WEB-1', 'Edit', 'Labels'],
  ['WEB-1', 'Edit', 'Engine'],
  ['WEB-1', 'Edit', 'Due'],
  ['WEB-1', 'More'],
  ['WEB-6', 'Edit'],
  ['WEB-16', 'More'],
]

describe.skipIf(!isThere)(
  `at 390 px${isThere ? '' : ' (skipped: no Chromium; name one in CHROMIUM)'}`,
  () => {
    const bot = useBot()
    let browser: Browser
    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      })
    })
    afterAll(() => browser?.close())

    test('no button label is cut and no list row wraps', async () => {
      const { user, ctx } = bot()
      await createProject(ctx, { key: 'INFRA', name: 'Infrastructure and everything that keeps it running' })
      await createToken(ctx, { name: 'The laptop on the desk in the living room' })
      const dueIn = (hours: number) => new Date(ctx.now().getTime() + hours * 3_600_000)
      for (const status of ['inbox', 'todo', 'hold', 'ready', 'done'] as const)
        await addTasks(
          bot(),
          titles.map((title, index) => ({
            title,
            dueAt: dueIn([1, 30, 100, -30, -100][index] ?? 0),
            focus: status === 'todo',
            status,
            priority: 'highest' as const,
            engine: 'claude-code' as const,
            labels: ['continuous integration and delivery'],
          })),
        )
      await addTasks(
        bot(),
        titles.map((title) => ({ title, status: 'todo' as const })),
        'INFRA',
      )
      for (const command of screens) {
        user.sendText(command)
        await bot().handled()
      }
      for (const [key = '', ...path] of menus) {
        user.sendText(key)
        await bot().handled()
        for (const label of path) {
          user.tap(label)
          await bot().handled()
        }
      }

      const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
      await page.goto(bot().telegramUrl)
      await page.locator('.message.theirs').nth(screens.length).waitFor()
      const seen = await page.evaluate(readFits)

      expect(seen.labels).toBeGreaterThan(150)
      expect(seen.rows).toBeGreaterThan(60)
      expect(seen.cut).toEqual([])
      expect(seen.wrapped).toEqual([])
    }, 120_000)
  },
)

/** Runs in the page. Returns labels that are cut and list rows (a sign, a key, text) that wrap; not cards, which show the whole title. */
const readFits = `(() => {
  const titles = ${JSON.stringify(titles)}
  const labels = [...document.querySelectorAll('.key .label')]
  const cut = labels.filter((label) => label.scrollWidth > label.clientWidth).map((label) => label.textContent)
  const rows = []
  for (const text of document.querySelectorAll('.message.theirs .text')) {
    const nodes = []
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('.meta')) nodes.push(walker.currentNode)
    let row = { words: '', tops: new Set() }
    for (const node of nodes)
      for (const [at, part] of [...node.data.matchAll(/[^\\n]+|\\n/g)].map((match) => [match.index, match[0]])) {
        if (part === '\\n') { rows.push(row); row = { words: '', tops: new Set() }; continue }
        const range = document.createRange()
        range.setStart(node, at)
        range.setEnd(node, at + part.length)
        row.words += part
        for (const { top, height } of range.getClientRects()) row.tops.add(Math.round((top + height / 2) / 12))
      }
    rows.push(row)
  }
  const listed = rows.filter(({ words }) => /^(?:\\d+[.)] )?[^\\w\\s]+ [A-Z]{2,}-\\d+:? /.test(words) && !titles.some((title) => words.endsWith(title)))
  return { labels: labels.length, rows: listed.length, cut, wrapped: listed.filter(({ tops }) => tops.size > 1).map(({ words }) => words) }
})()` as unknown as () => {
  readonly labels: number
  readonly rows: number
  readonly cut: readonly string[]
  readonly wrapped: readonly string[]
}
