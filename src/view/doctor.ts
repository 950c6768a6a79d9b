import { toScreen } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { bold, html, joinHtml } from './html.ts'

/** What a check found; `mend` says what to do about a fault. */
export interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  readonly mend?: string | undefined
}

/** All checks; faults first, each with its mend. */
export function doctorCard(findings: readonly Finding[]): Card {
  const faults = findings.filter((finding) => !finding.ok)
  const fine = findings.filter((finding) => finding.ok)
  const head =
    faults.length === 0
      ? '🩺 Everything is well.'
      : faults.length === 1
        ? '🩺 One thing needs you.'
        : `🩺 ${faults.length} things need you.`
  const faultLines = faults.map(
    ({ name, detail, mend }) => html`⚠️ ${bold(name)}: ${detail}.${mend !== undefined && html`\n↳ ${mend}`}`,
  )
  const fineLines = fine.map(({ name, detail }) => html`✅ ${name}: ${detail}`)
  return {
    text: joinHtml([bold(head), joinHtml(faultLines, '\n'), joinHtml(fineLines, '\n')], '\n\n'),
    keyboard: keyboard([[toScreen('↻ Check again', 'doctor')]]),
  }
}
