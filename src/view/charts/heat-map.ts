import type { Stats } from '../../domain/reports/stats.ts'
import { partsOf } from './dates.ts'
import { type Box, colors, heat, rectangle, textLine } from './look.ts'
import { type Svg, svg } from './svg.ts'

type Day = Stats['days'][number]
type Week = readonly Day[]

const left = 78
const monthHeight = 38

/** Draws a square per day, with a column per week from Monday down. It has two rows: a year in one row is too small on a phone. */
export function heatMap(days: Stats['days'], box: Box): Svg {
  const weeks = toWeeks(days)
  const columns = Math.max(1, Math.ceil(weeks.length / 2))
  const levelOf = levels(days)
  const gap = 24
  const height = (box.height - gap) / 2
  const halves = [weeks.slice(0, columns), weeks.slice(columns)].map((half, index) =>
    drawHalf(half, { columns, levelOf, box: { ...box, y: box.y + index * (height + gap), height } }),
  )
  return svg`${halves}${legend(box)}`
}

function drawHalf(
  weeks: readonly Week[],
  {
    columns,
    levelOf,
    box,
  }: { readonly columns: number; readonly levelOf: (done: number) => number; readonly box: Box },
): Svg {
  // Squares on whole pixels have sharp edges and halve the size of the PNG.
  const pitch = { x: Math.floor((box.width - left) / columns), y: Math.floor((box.height - monthHeight) / 7) }
  const top = box.y + monthHeight
  const squares = weeks.map((week, column) =>
    week.map(({ date, done }) => {
      const { weekday } = partsOf(date)
      const cell = {
        x: box.x + left + column * pitch.x,
        y: top + weekday * pitch.y,
        width: pitch.x - 5,
        height: pitch.y - 5,
      }
      return rectangle(cell, heat[levelOf(done)] ?? heat[0], 6)
    }),
  )
  const names = weeks.map((week, column) => {
    const first = week.find(({ date }) => partsOf(date).day === 1)
    // A name takes about three columns and would overflow the card at the right edge.
    if (first === undefined || column > columns - 2) return null
    return textLine(box.x + left + column * pitch.x, box.y + 24, partsOf(first.date).month, {
      size: 28,
      color: colors.muted,
    })
  })
  const weekdays = ['Mon', 'Wed', 'Fri'].map((name, index) =>
    textLine(box.x, top + (2 * index + 0.5) * pitch.y + 7, name, { size: 26, color: colors.muted }),
  )
  return svg`${names}${weekdays}${squares}`
}

/** Draws the scale from "Less" to "More" to the right of the card's heading. */
function legend(box: Box): Svg {
  const y = box.y - 28
  const right = box.x + box.width
  const squares = heat.map((color, index) =>
    rectangle({ x: right - 236 + index * 32, y: y - 22, width: 26, height: 26 }, color, 6),
  )
  const lettering = { size: 28, color: colors.muted, anchor: 'end' } as const
  return svg`${textLine(right - 248, y, 'Less', lettering)}${squares}${textLine(right, y, 'More', lettering)}`
}

function toWeeks(days: Stats['days']): Week[] {
  const weeks: Day[][] = []
  for (const day of days) {
    const current = weeks.at(-1)
    if (current === undefined || partsOf(day.date).weekday === 0) weeks.push([day])
    else current.push(day)
  }
  return weeks
}

/** Builds the scale of four shades up to the 90th percentile of working days, so one big day doesn't dim the others. */
function levels(days: Stats['days']): (done: number) => number {
  const counts = days
    .map(({ done }) => done)
    .filter((done) => done > 0)
    .sort((one, other) => one - other)
  const top = counts[Math.floor((counts.length - 1) * 0.9)] ?? 1
  return (done) => Math.min(4, Math.ceil((4 * done) / Math.max(4, top)))
}
