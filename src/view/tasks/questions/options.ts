import type { QuestionItem } from '../../../domain/questions/question.ts'
import { signs } from '../../kit/signs.ts'
import { cutTo, halfButton, phoneWidth, wholeButton } from '../line.ts'

/** The options of an item as the labels of buttons. */
export interface OptionLabels {
  readonly labels: readonly string[]
  /** The labels are numbered, because one is cut or looks like another: the message must list the options. */
  readonly isNumbered: boolean
  readonly columns: 1 | 2
}

/** Returns the labels of an item's buttons, marked if several options may be chosen. */
export function optionLabels(
  { options, multi }: Pick<QuestionItem, 'options' | 'multi'>,
  chosen: readonly string[] = [],
): OptionLabels {
  const markOf = (id: string) => (multi ? `${chosen.includes(id) ? signs.checked : signs.unchecked} ` : '')
  const plain = options.map(({ id, label }) => `${markOf(id)}${label.replace(/\s+/g, ' ')}`)
  const isNumbered =
    plain.some((label) => phoneWidth(label) > wholeButton) || new Set(plain).size < plain.length
  const labels = isNumbered
    ? options.map(({ id, label }, index) => {
        const start = `${markOf(id)}${index + 1}. `
        return `${start}${cutTo(label.replace(/\s+/g, ' '), wholeButton - phoneWidth(start))}`
      })
    : plain
  return { labels, isNumbered, columns: labels.every((label) => phoneWidth(label) <= halfButton) ? 2 : 1 }
}
