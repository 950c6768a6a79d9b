import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'

const phone = { width: 390, height: 844 }
const desktop = { width: 1280, height: 800 }

export const views = {
  phone: { viewport: phone, colorScheme: 'light' },
  'phone-dark': { viewport: phone, colorScheme: 'dark' },
  desktop: { viewport: desktop, colorScheme: 'light' },
  'desktop-dark': { viewport: desktop, colorScheme: 'dark' },
} as const

export type View = keyof typeof views

export interface Shot {
  /** Hides earlier messages, which would otherwise be cut off at the top. */
  readonly onlyNewest?: boolean
}

export interface Camera {
  readonly shoot: (path: string, shot?: Shot) => Promise<void>
  readonly close: () => Promise<void>
}

const pauseMs = 500

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  })
}

/** Throws if the browser would show boxes instead of emoji. */
export async function requireEmojiFont(page: Page): Promise<void> {
  const hasColor = await page.evaluate<boolean>(`(() => {
    const context = new OffscreenCanvas(40, 40).getContext('2d')
    context.font = '32px sans-serif'
    context.fillText('\u{1F7E2}', 0, 32)
    const { data } = context.getImageData(0, 0, 40, 40)
    return data.some((value, at) => at % 4 === 1 && value > 60)
  })()`)
  if (!hasColor) throw new Error('Chromium has no emoji font. Install one, e.g. fonts-noto-color-emoji.')
}

/** Opens the chat page in a view, at a fixed time and without motion. */
export async function openCamera(
  url: string,
  { view, now }: { readonly view: View; readonly now: Date },
): Promise<Camera> {
  const browser = await launchChromium()
  const page = await browser.newPage({
    ...views[view],
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  })
  await page.clock.setFixedTime(now)
  await page.goto(url)
  await requireEmojiFont(page)
  return {
    shoot: async (path, { onlyNewest = false } = {}) => {
      // A question focuses the composer; the focus ring would depend on timing.
      await page.evaluate('document.activeElement?.blur()')
      await pause(pauseMs)
      if (onlyNewest) await hideEarlier(page, true)
      mkdirSync(dirname(path), { recursive: true })
      await page.screenshot({ path, animations: 'disabled', caret: 'hide', timeout: 120_000 })
      if (onlyNewest) await hideEarlier(page, false)
    },
    close: () => browser.close(),
  }
}

async function hideEarlier(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`(() => {
    const messages = [...document.querySelectorAll('#transcript .message')].slice(0, -1)
    for (const message of messages) message.style.display = ${isHidden} ? 'none' : ''
  })()`)
}
