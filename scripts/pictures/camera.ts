import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium } from 'playwright-core'

const phone = { width: 390, height: 844 }
const desktop = { width: 1280, height: 800 }

export const views = {
  phone: { viewport: phone, colorScheme: 'light' },
  'phone-dark': { viewport: phone, colorScheme: 'dark' },
  desktop: { viewport: desktop, colorScheme: 'light' },
  'desktop-dark': { viewport: desktop, colorScheme: 'dark' },
} as const

export type View = keyof typeof views

export interface Camera {
  readonly shoot: (path: string) => Promise<void>
  readonly close: () => Promise<void>
}

const settleMs = 500

/** Looks at the chat page as one of the views sees it, at a fixed time and without motion. */
export async function openCamera(
  url: string,
  { view, now }: { readonly view: View; readonly now: Date },
): Promise<Camera> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  })
  const page = await browser.newPage({
    ...views[view],
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  })
  await page.clock.setFixedTime(now)
  await page.goto(url)
  return {
    shoot: async (path) => {
      // A question opens the composer: whether its ring is in the picture shall not hang on the moment.
      await page.evaluate('document.activeElement?.blur()')
      await pause(settleMs)
      mkdirSync(dirname(path), { recursive: true })
      await page.screenshot({ path, animations: 'disabled', caret: 'hide', timeout: 120_000 })
    },
    close: () => browser.close(),
  }
}
