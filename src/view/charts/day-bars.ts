import type { Stats } from '../../domain/reports/stats.ts'
import { partsOf } from './dates.ts'
import { widthOf } from './lettering.ts'
import { type Box, colors, rectangle, textLine } from './look.ts'
import { type Svg, svg } from './svg.ts'

const labelHeight = 84
const countHeight = 44
const scaleSize = 30

/** Draws a bar per day. Up to 10 days are labeled with counts and names; more get a scale and the dates of Mondays. */
export function dayBars(days: Stats['days'], box: Box): Svg {
  const few = days.length <= 10
  const highest = Math.max(0, ...days.map(({ done }) => done))
  const top = few ? Math.max(3, highest) : niceTop(highest)
  const plot = few ? underCounts(box) : besideScale(box, top)
  const pitch = plot.width / Math.max(1, days.length)
  const floor = plot.y + plot.height
  const bars = days.map(({ date, done }, index) => {
    const center = plot.x + pitch * (index + 0.5)
    const width = pitch * (few ? 0.58 : 0.68)
    const height = done === 0 ? 0 : Math.max(8, (plot.height * done) / top)
    const bar = { x: center - width / 2, y: floor - height, width, height }
    return svg`${height > 0 && roundTop(bar, Math.min(14, width / 2))}${few ? dayLabels(date, done, center, bar.y, floor) : mondayLabel(date, center, floor)}`
  })
  return svg`${!few && scale(plot, top, box.x)}${rectangle({ ...plot, y: floor, height: 3 }, colors.line)}${bars}${highest === 0 && emptyText(plot)}`
}

function underCounts(box: Box): Box {
  return { ...box, y: box.y + countHeight, height: box.height - labelHeight - countHeight }
}

function besideScale(box: Box, top: number): Box {
  const left = widthOf(String(top), scaleSize) + 24
  return { x: box.x + left, y: box.y + 16, width: box.width - left, height: box.height - labelHeight + 20 }
}

function emptyText(plot: Box): Svg {
  const middle = { x: plot.x + plot.width / 2, y: plot.y + plot.height / 2 }
  return textLine(middle.x, middle.y, 'Nothing done on these days', {
    size: 34,
    color: colors.muted,
    anchor: 'middle',
  })
}

function dayLabels(date: string, done: number, center: number, barTop: number, floor: number): Svg {
  const { weekdayName, day } = partsOf(date)
  const middle = { anchor: 'middle' } as const
  return svg`${done > 0 && textLine(center, barTop - 14, done, { ...middle, size: 36, bold: true })}
${textLine(center, floor + 44, weekdayName, { ...middle, size: 32 })}${textLine(center, floor + 82, day, { ...middle, size: 30, color: colors.muted })}`
}

function mondayLabel(date: string, center: number, floor: number): Svg | null {
  const { weekday, day, month } = partsOf(date)
  if (weekday !== 0) return null
  return textLine(center, floor + 46, `${day} ${month}`, { anchor: 'middle', size: 30, color: colors.muted })
}

function scale(plot: Box, top: number, left: number): Svg {
  const lines = [top, top / 2].filter(Number.isInteger).map((value) => {
    const y = plot.y + plot.height * (1 - value / top)
    return svg`${rectangle({ ...plot, y, height: 2 }, colors.line)}${textLine(left, y + 10, value, { size: scaleSize, color: colors.muted })}`
  })
  return svg`${lines}`
}

/** Draws a bar with rounded upper corners. */
function roundTop({ x, y, width, height }: Box, radius: number): Svg {
  const r = Math.min(radius, height)
  return svg`<path d="M${x} ${y + height}V${y + r}Q${x} ${y} ${x + r} ${y}H${x + width - r}Q${x + width} ${y} ${x + width} ${y + r}V${y + height}Z" fill="${colors.done}"/>`
}

/** Returns the smallest round number that isn't below the highest bar. */
function niceTop(highest: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, highest))))
  return [2, 4, 6, 8, 10].map((times) => times * step).find((top) => top >= highest) ?? highest
}
