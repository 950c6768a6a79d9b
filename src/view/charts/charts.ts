import type { Stats } from '../../domain/reports/stats.ts'
import { nameOfEngine } from '../kit/names.ts'
import { duration } from '../kit/when.ts'
import { dateRange } from './dates.ts'
import { dayBars } from './day-bars.ts'
import { heatMap } from './heat-map.ts'
import { drawable } from './lettering.ts'
import { type Box, card, colors, inside, page, rectangle, textLine } from './look.ts'
import { type Share, shareBars } from './shares.ts'
import { type Svg, svg } from './svg.ts'
import { type Tile, tiles } from './tiles.ts'

const maxBars = 62
const { width, height, margin, gap } = page
const row = { x: margin, width: width - 2 * margin }
const boxes = {
  tiles: { ...row, y: 148, height: 152 },
  days: { ...row, y: 322, height: 560 },
  shares: { ...row, y: 904, height: height - margin - 904 },
} as const

/** Draws the statistics as an SVG of 1080 × 1350 pixels: totals, days, projects and engines. */
export function statsPicture(stats: Stats, title: string): string {
  const [left, right] = halves(boxes.shares)
  const days = inside(boxes.days)
  const picture = svg`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter">
${rectangle({ x: 0, y: 0, width, height }, colors.ground)}
${heading(stats, title)}
${tiles(toTiles(stats), boxes.tiles)}
${card(boxes.days, 'Done per day', [stats.days.length > maxBars ? heatMap(stats.days, days) : dayBars(stats.days, days)])}
${card(left, 'Projects', [shareBars(stats.byProject.map(toProjectShare), inside(left))])}
${card(right, 'Engines', [shareBars(stats.byEngine.map(toEngineShare), inside(right))])}
</svg>`
  return picture.svg
}

function heading({ days }: Stats, title: string): Svg {
  const [first, last] = [days[0], days.at(-1)]
  const range = first === undefined || last === undefined ? '' : dateRange(first.date, last.date)
  return svg`${textLine(margin + 8, 100, drawable(title), { size: 60, bold: true })}
${textLine(width - margin - 8, 98, range, { size: 34, color: colors.muted, anchor: 'end' })}`
}

function toTiles({ done, cycle }: Stats): Tile[] {
  return [
    { value: String(done), label: 'done' },
    { value: cycle === null ? '–' : duration(cycle.medianMs), label: 'median to done' },
    { value: cycle === null ? '–' : duration(cycle.p90Ms), label: '9 of 10 within' },
  ]
}

function toProjectShare({ key, name, done }: Stats['byProject'][number]): Share {
  return { label: key, more: drawable(name), done }
}

function toEngineShare({ engine, done }: Stats['byEngine'][number]): Share {
  return { label: nameOfEngine(engine), done }
}

function halves(box: Box): readonly [Box, Box] {
  const half = (box.width - gap) / 2
  return [
    { ...box, width: half },
    { ...box, x: box.x + half + gap, width: half },
  ]
}
