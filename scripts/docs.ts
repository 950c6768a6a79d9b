import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { z } from 'zod'
import { commands } from '../src/bot/commands.ts'
import { environment } from '../src/config.ts'

// Writes the README's tables from the code and checks that every path it names exists; with --check it only complains.

const escapeCell = (text: string) => text.replaceAll('|', '\\|')

const tables: Record<string, () => string> = {
  commands: () =>
    table(
      ['command', 'does'],
      commands.map(({ command, usage, description }) => [
        `/${command}${usage === '' ? '' : ` ${usage}`}`,
        description,
      ]),
    ),
  environment: () =>
    table(
      ['variable', 'default', 'what it is for'],
      Object.entries(environment).map(([name, schema]) => [
        `\`${name}\``,
        defaultOf(schema),
        schema.description ?? '',
      ]),
    ),
}

function defaultOf(schema: z.ZodType): string {
  const parsed = schema.safeParse(undefined)
  if (!parsed.success || parsed.data === undefined) return ''
  return Array.isArray(parsed.data) ? '' : `\`${String(parsed.data)}\``
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function fill(text: string): string {
  return Object.entries(tables).reduce(
    (filled, [name, make]) =>
      filled.replace(
        new RegExp(`(<!-- ${name}: .*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_, start: string, end: string) => `${start}${make()}\n${end}`,
      ),
    text,
  )
}

function missingPaths(text: string): string[] {
  const inLinks = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? '')
  const inRooms = [...text.matchAll(/^(src\/[\w./-]+|drizzle\/|test\/|bench\/)\s{2,}/gm)].map(
    (match) => match[1] ?? '',
  )
  return [...inLinks, ...inRooms].filter((path) => !existsSync(path))
}

const files = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'docs/operations.md',
  'docs/data.md',
].filter((file) => existsSync(file))
const problems: string[] = []
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  const filled = fill(text)
  if (filled !== text && process.argv.includes('--check'))
    problems.push(`${file}: a table is behind the code; run npm run docs`)
  else if (filled !== text) writeFileSync(file, filled)
  problems.push(...missingPaths(text).map((path) => `${file}: ${path} is not there`))
}
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
