import { readFileSync } from 'node:fs'
import type { AgentResult } from './stage.ts'

/** What vitest's JSON reporter writes, as far as it's read here. */
interface Written {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly meta: { readonly agent?: AgentResult }
    }[]
  }[]
}

interface Row extends AgentResult {
  readonly scenario: string
  readonly passed: boolean
}

/** Reads the results of a run from vitest's JSON file. */
export function readResults(file: string): readonly Row[] {
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Written
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .flatMap(({ title, status, meta }) =>
      meta.agent === undefined ? [] : [{ ...meta.agent, scenario: title, passed: status === 'passed' }],
    )
}

/** Builds the tables: scenarios by program with milliseconds, and what the programs printed. */
export function toReport(results: readonly Row[]): string {
  const programs = [...new Set(results.map(nameOf))].sort()
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))].sort()
  const cell = (scenario: string, program: string) => {
    const row = results.find((one) => one.scenario === scenario && nameOf(one) === program)
    if (row === undefined) return ''
    return row.passed ? `${row.ms.toLocaleString('en-US')} ms` : 'failed'
  }
  const times = toTable(
    ['scenario', ...programs],
    scenarios.map((scenario) => [scenario, ...programs.map((program) => cell(scenario, program))]),
  )
  const printed = results.flatMap((row) =>
    row.printed === null ? [] : [[row.scenario, nameOf(row), row.printed]],
  )
  if (printed.length === 0) return times
  return `${times}\n\n${toTable(['scenario', 'program', 'what it prints'], printed)}`
}

const nameOf = ({ name, version }: AgentResult) => `${name} ${version}`

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
