import { fitToPixels, widthOf } from './lettering.ts'
import { type Box, colors, rectangle, textLine } from './look.ts'
import { type Svg, svg } from './svg.ts'

export interface Share {
  readonly label: string
  /** Shown next to the label, cut to the available width. */
  readonly more?: string
  readonly done: number
}

const maxShares = 4
const size = 32

/** Draws up to four horizontal bars in order; more shares are combined in the last bar. */
export function shareBars(shares: readonly Share[], box: Box): Svg {
  if (shares.length === 0) return textLine(box.x, box.y + 34, 'Nothing yet', { size, color: colors.muted })
  const shown = withOthers(shares)
  const pitch = box.height / maxShares
  const highest = Math.max(1, ...shown.map(({ done }) => done))
  const rows = shown.map(({ label, more = '', done }, index) => {
    const y = box.y + index * pitch
    const track = { x: box.x, y: y + 46, width: box.width, height: 14 }
    const count = String(done)
    const room = box.width - widthOf(count, size) - widthOf(label, size) - 24
    const beside = more === '' ? '' : fitToPixels(more, size, room)
    return svg`${textLine(box.x, y + 32, svg`${label}<tspan dx="10" fill="${colors.muted}">${beside}</tspan>`, { size })}
${textLine(box.x + box.width, y + 32, count, { size, bold: true, anchor: 'end' })}
${rectangle(track, colors.track, 7)}${rectangle({ ...track, width: Math.max(14, (track.width * done) / highest) }, colors.blue, 7)}`
  })
  return svg`${rows}`
}

function withOthers(shares: readonly Share[]): readonly Share[] {
  if (shares.length <= maxShares) return shares
  const others = shares.slice(maxShares - 1)
  const done = others.reduce((sum, share) => sum + share.done, 0)
  return [...shares.slice(0, maxShares - 1), { label: `${others.length} others`, done }]
}
