import { fitted, widthOf } from './lettering.ts'
import { type Box, colours, rectangle, text } from './look.ts'
import { type Svg, svg } from './svg.ts'

export interface Share {
  readonly label: string
  /** Stands beside the label as far as there is room. */
  readonly more?: string
  readonly done: number
}

const maxShares = 4
const size = 32

/** Horizontal bars, the longest first; what is beyond four lines is one line of others. */
export function shareBars(shares: readonly Share[], box: Box): Svg {
  if (shares.length === 0) return text(box.x, box.y + 34, 'Nothing yet', { size, colour: colours.muted })
  const shown = gathered(shares)
  const pitch = box.height / maxShares
  const highest = Math.max(1, ...shown.map(({ done }) => done))
  const rows = shown.map(({ label, more = '', done }, index) => {
    const y = box.y + index * pitch
    const track = { x: box.x, y: y + 46, width: box.width, height: 14 }
    const count = String(done)
    const room = box.width - widthOf(count, size) - widthOf(label, size) - 24
    const beside = more === '' ? '' : fitted(more, size, room)
    return svg`${text(box.x, y + 32, svg`${label}<tspan dx="10" fill="${colours.muted}">${beside}</tspan>`, { size })}
${text(box.x + box.width, y + 32, count, { size, bold: true, anchor: 'end' })}
${rectangle(track, colours.track, 7)}${rectangle({ ...track, width: Math.max(14, (track.width * done) / highest) }, colours.blue, 7)}`
  })
  return svg`${rows}`
}

function gathered(shares: readonly Share[]): readonly Share[] {
  if (shares.length <= maxShares) return shares
  const others = shares.slice(maxShares - 1)
  const done = others.reduce((sum, share) => sum + share.done, 0)
  return [...shares.slice(0, maxShares - 1), { label: `${others.length} others`, done }]
}
