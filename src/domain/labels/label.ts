import { lineText } from '../core/text.ts'

export interface Label {
  readonly id: string
  readonly name: string
  readonly color: string
}

/** A label's name: one line of at most 40 characters. */
export const LabelName = lineText(40)

/** The color of a label that was created by its name alone. */
export const defaultColor = 'blue'
