import { describe, expect, test } from 'vitest'
import { renderPng } from '../../src/pictures/render-png.ts'
import { statsPicture } from '../../src/view/charts/charts.ts'
import { statsOver } from '../support/stats.ts'

// As busy as a year can be: no two days alike in a row, four long names, every count of four digits.
const busyYear = {
  ...statsOver(
    new Date('2025-11-27'),
    Array.from({ length: 366 }, (_, index) => (index * 7919) % 13),
  ),
  cycle: { medianMs: 59 * 60_000, p90Ms: 123 * 24 * 60 * 60_000 },
  waiting: null,
  runs: null,
  byProject: ['WEB', 'API', 'DOCS', 'SHOP'].map((key) => ({
    key,
    name: `Проект ${key} Größenwahn`,
    done: 4_987,
  })),
  byEngine: (['claude-code', 'codex', 'gemini-cli', null] as const).map((engine) => ({
    engine,
    done: 4_987,
  })),
}

describe('a picture', () => {
  test('is a PNG of the size that was drawn, below 150 kB for a busy year', async () => {
    const png = await renderPng(statsPicture(busyYear, 'The year'))

    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1080, 1350])
    expect(png.length).toBeLessThan(150_000)
  })

  test('has letters in it: the same picture without its words is smaller', async () => {
    const picture = statsPicture(busyYear, 'The year')

    const [whole, wordless] = await Promise.all([
      renderPng(picture),
      renderPng(picture.replace(/>[^<]+<\/t/g, '></t')),
    ])

    expect(wordless.length).toBeLessThan(whole.length * 0.8)
  })

  test('is refused in words where the SVG is broken', async () => {
    await expect(renderPng('<svg><unclosed></svg>')).rejects.toThrow(/SVG/)
  })
})
