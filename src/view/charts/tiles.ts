import { widthOf } from './lettering.ts'
import { type Box, colors, page, rectangle, textLine } from './look.ts'
import { type Svg, svg } from './svg.ts'

export interface Tile {
  readonly value: string
  readonly label: string
}

/** Draws numbers side by side, each on its own card. */
export function tiles(all: readonly Tile[], box: Box): Svg {
  const width = (box.width - page.gap * (all.length - 1)) / all.length
  const drawn = all.map(({ value, label }, index) => {
    const x = box.x + index * (width + page.gap)
    const room = width - 40
    const size = Math.min(60, (60 * room) / widthOf(value, 60))
    const middle = { anchor: 'middle' } as const
    return svg`${rectangle({ ...box, x, width }, colors.card, 32)}${textLine(x + width / 2, box.y + 78, value, { ...middle, size, bold: true })}
${textLine(x + width / 2, box.y + 124, label, { ...middle, size: 30, color: colors.muted })}`
  })
  return svg`${drawn}`
}
