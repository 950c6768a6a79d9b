import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { encode } from 'modern-gif'
import type { Page } from 'playwright-core'
import { launchChromium, requireEmojiFont } from './camera.ts'

const viewport = { width: 390, height: 720 }
const scale = 1.5
const patienceMs = 60_000
const pauseMs = 600
const typedAtOnce = 4
const typingMs = 110
const tapMs = 350
const tapMark = 'film-tap'
const captionMark = 'film-caption'

interface Frame {
  readonly data: Uint8ClampedArray
  readonly delay: number
}

/** Plays the owner on the chat page and records what the page shows. */
export interface Film {
  /** Shows a caption that says who is acting. */
  readonly caption: (text: string) => Promise<void>
  /** Types into the composer and sends. */
  readonly send: (text: string) => Promise<void>
  /** Presses the newest button with a label; emoji before the label don't matter. */
  readonly tap: (label: string) => Promise<void>
  /** Runs an action and waits until the chat has changed and shows a text. */
  readonly change: (action: () => Promise<unknown>, shows: RegExp) => Promise<void>
  /** Holds the current frame. */
  readonly hold: (ms: number) => Promise<void>
  /** Writes the frames as an animated GIF and returns its length in milliseconds. */
  readonly write: (path: string) => Promise<number>
  readonly close: () => Promise<void>
}

export async function openFilm(url: string, now: Date): Promise<Film> {
  const browser = await launchChromium()
  const page = await browser.newPage({
    viewport,
    deviceScaleFactor: scale,
    colorScheme: 'light',
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  })
  const decoder = await browser.newPage()
  await page.clock.setFixedTime(now)
  await page.goto(url)
  await requireEmojiFont(page)
  const frames: Frame[] = []
  const hold = async (delay: number) => {
    const png = await page.screenshot({ animations: 'disabled', caret: 'hide', timeout: patienceMs })
    frames.push({ data: await toPixels(decoder, png), delay })
  }
  const transcript = () => page.locator('#transcript').innerText()
  const change: Film['change'] = async (action, shows) => {
    const before = await transcript()
    await action()
    const end = Date.now() + patienceMs
    for (;;) {
      const text = await transcript()
      if (text !== before && shows.test(text)) break
      if (Date.now() > end) throw new Error(`The chat never showed ${shows}. It shows:\n${text}`)
      await pause(100)
    }
    await pause(pauseMs)
  }
  return {
    caption: async (text) => {
      await page.locator('#toast.shown').waitFor({ state: 'hidden', timeout: patienceMs })
      await showCaption(page, text)
    },
    send: async (text) => {
      const input = page.locator('#input')
      for (let shown = typedAtOnce; shown < text.length + typedAtOnce; shown += typedAtOnce) {
        await input.fill(text.slice(0, shown))
        await hold(typingMs)
      }
      await hold(pauseMs)
      await input.press('Enter')
    },
    tap: async (label) => {
      const button = page.locator('#transcript .key', { hasText: new RegExp(`(^|\\W)${label}$`) }).last()
      await button.waitFor({ timeout: patienceMs }).catch(async () => {
        throw new Error(`No button says "${label}". The chat shows:\n${await transcript()}`)
      })
      await button.scrollIntoViewIfNeeded()
      const box = await button.boundingBox()
      await showTap(page, box)
      await hold(tapMs)
      await showTap(page, null)
      await button.click()
      // Off the message, which otherwise shows its menu.
      await page.mouse.move(0, 0)
    },
    change,
    hold,
    write: async (path) => {
      const gif = await encode({
        width: viewport.width * scale,
        height: viewport.height * scale,
        frames: frames.map((frame) => ({ ...frame, transparent: false })),
      })
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, new Uint8Array(gif))
      return frames.reduce((sum, { delay }) => sum + delay, 0)
    },
    close: () => browser.close(),
  }
}

async function toPixels(page: Page, png: Buffer): Promise<Uint8ClampedArray> {
  const pixels = await page.evaluate<string>(`(async () => {
    const blob = await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob()
    const image = await createImageBitmap(blob)
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
    context.drawImage(image, 0, 0)
    const bytes = context.getImageData(0, 0, image.width, image.height).data
    let text = ''
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768))
    return btoa(text)
  })()`)
  return new Uint8ClampedArray(Buffer.from(pixels, 'base64'))
}

async function showCaption(page: Page, text: string): Promise<void> {
  const style =
    'position:fixed;left:50%;top:62px;transform:translateX(-50%);padding:6px 14px;border-radius:16px;white-space:nowrap;' +
    'background:rgba(15,23,32,.86);color:#fff;font:600 15px/1.3 system-ui,sans-serif;z-index:10'
  await mark(page, captionMark, style, text)
}

async function showTap(
  page: Page,
  box: { x: number; y: number; width: number; height: number } | null,
): Promise<void> {
  const [left, top] = box === null ? [0, 0] : [box.x + box.width / 2 - 20, box.y + box.height / 2 - 20]
  const look =
    'width:40px;height:40px;border-radius:50%;background:rgba(15,23,32,.2);border:2px solid #fff;box-shadow:0 0 6px rgba(15,23,32,.5)'
  await mark(page, tapMark, `position:fixed;left:${left}px;top:${top}px;z-index:10;${look}`, box && '')
}

/** Shows an element over the page, or removes it if the text is null. */
async function mark(page: Page, id: string, style: string, text: string | null): Promise<void> {
  await page.evaluate(
    `(() => {
      document.getElementById(${JSON.stringify(id)})?.remove()
      const text = ${JSON.stringify(text)}
      if (text === null) return
      const node = document.body.appendChild(document.createElement('div'))
      node.id = ${JSON.stringify(id)}
      node.style.cssText = ${JSON.stringify(style)}
      node.textContent = text
    })()`,
  )
}
