import { type Svg, svg } from './svg.ts'

// The playground page's light colors: Telegram shows a picture the same in light and dark mode.
export const colors = {
  ground: '#dfeae2',
  card: '#ffffff',
  text: '#10171d',
  muted: '#5b6972',
  line: '#e3e9ec',
  track: '#eef2f4',
  done: '#2b9455',
  blue: '#2f80d0',
} as const

/** Shades for how much was done on a day, from nothing to most. */
export const heat = ['#edf1f0', '#bfe3c6', '#82c795', '#3f9f62', '#17693a'] as const

export const page = { width: 1080, height: 1350, margin: 44, gap: 22 } as const
const padding = 36

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Lettering {
  readonly size: number
  readonly color?: string
  readonly bold?: boolean
  readonly anchor?: 'start' | 'middle' | 'end'
}

/** Draws a line of text; `y` is its baseline. */
export function textLine(x: number, y: number, content: Svg | string | number, lettering: Lettering): Svg {
  const { size, color = colors.text, bold = false, anchor = 'start' } = lettering
  return svg`<text x="${x}" y="${y}" font-size="${size}" font-weight="${bold ? 600 : 400}" fill="${color}" text-anchor="${anchor}">${content}</text>`
}

/** Draws a filled rectangle; `radius` rounds its corners. */
export function rectangle(box: Box, fill: string, radius = 0): Svg {
  return svg`<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${radius}" fill="${fill}"/>`
}

/** Draws a white card with a heading; its content starts below `headingHeight`. */
export function card(box: Box, heading: string, content: readonly Svg[]): Svg {
  return svg`${rectangle(box, colors.card, 32)}${textLine(box.x + padding, box.y + 60, heading, { size: 36, bold: true })}${content}`
}

const headingHeight = 88

/** Returns the box for a card's content, below its heading. */
export function inside(box: Box): Box {
  return {
    x: box.x + padding,
    y: box.y + headingHeight,
    width: box.width - 2 * padding,
    height: box.height - headingHeight - padding,
  }
}
