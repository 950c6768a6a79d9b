import type { TokenContact } from '../../domain/access/token-uses.ts'
import { button } from '../kit/buttons.ts'
import { defineScreen } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, html, joinHtml } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'
import { ago } from '../kit/when.ts'

const doctorSign = '🩺'
const fixSign = '↳'

export const doctorScreen = defineScreen('doctor')

/** A check's finding; `fix` is set for a problem. */
export interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  readonly fix?: string | undefined
}

/** Shows all checks, problems with their fixes first. */
export function doctorCard(findings: readonly Finding[]): Card {
  const problems = findings.filter((finding) => !finding.ok)
  const fine = findings.filter((finding) => finding.ok)
  const head =
    problems.length === 0
      ? `${doctorSign} All good.`
      : problems.length === 1
        ? `${doctorSign} 1 problem found.`
        : `${doctorSign} ${problems.length} problems found.`
  const problemLines = problems.map(
    ({ name, detail, fix }) =>
      html`${signs.problem} ${bold(name)}: ${detail}.${fix !== undefined && html`\n${fixSign} ${fix}`}`,
  )
  const fineLines = fine.map(({ name, detail }) => html`${name}: ${detail}`)
  return {
    text: joinHtml([bold(head), joinHtml(problemLines, '\n'), joinHtml(fineLines, '\n')], '\n\n'),
    keyboard: keyboard([[button(`${signs.refresh} Check again`, doctorScreen)]]),
  }
}

/** Says when a token's MCP and hooks were last heard from. Gemini CLI has no hooks. */
export function contactLine({ engine, usedAt, mcpAt, hooksAt }: TokenContact, now: Date): string {
  if (usedAt === null) return 'never used'
  if (mcpAt === null && hooksAt === null) return `REST only, ${ago(usedAt, now)}`
  const heard = (at: Date | null) => (at === null ? 'never' : ago(at, now))
  const channels = [`MCP ${heard(mcpAt)}`, engine !== 'gemini-cli' && `hooks ${heard(hooksAt)}`]
  return channels.filter(Boolean).join(', ')
}
