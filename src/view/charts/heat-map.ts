import type { Stats } from '../../domain/reports/stats.ts'
import { partsOf } from './dates.ts'
import { type Box, colours, heat, rectangle, text } from './look.ts'
import { type Svg, svg } from './svg.ts'

type Day = Stats['days'][number]
type Week = readonly Day[]

const left = 78
const monthHeight = 38

/** A square for each day, a column for each week from Monday down; in two halves, for a year in one row is too small for a phone. */
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
  // Squares on whole pixels have sharp edges, and a PNG half the size.
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
    // The name needs about three columns; near the right edge it would leave the card.
    if (first === undefined || column > columns - 2) return null
    return text(box.x + left + column * pitch.x, box.y + 24, partsOf(first.date).month, {
      size: 28,
      colour: colours.muted,
    })
  })
  const weekdays = ['Mon', 'Wed', 'Fri'].map((name, index) =>
    text(box.x, top + (2 * index + 0.5) * pitch.y + 7, name, { size: 26, colour: colours.muted }),
  )
  return svg`${names}${weekdays}${squares}`
}

/** The squares between "Less" and "More", at the right of the card's heading. */
function legend(box: Box): Svg {
  const y = box.y - 28
  const right = box.x + box.width
  const squares = heat.map((colour, index) =>
    rectangle({ x: right - 236 + index * 32, y: y - 22, width: 26, height: 26 }, colour, 6),
  )
  const lettering = { size: 28, colour: colours.muted, anchor: 'end' } as const
  return svg`${text(right - 248, y, 'Less', lettering)}${squares}${text(right, y, 'More', lettering)}`
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

/** Four shades up to what nine of ten working days stay under, so that one great day does not pale all others. */
function levels(days: Stats['days']): (done: number) => number {
  const counts = days
    .map(({ done }) => done)
    .filter((done) => done > 0)
    .sort((one, other) => one - other)
  const top = counts[Math.floor((counts.length - 1) * 0.9)] ?? 1
  return (done) => Math.min(4, Math.ceil((4 * done) / Math.max(4, top)))
}
