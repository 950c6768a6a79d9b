import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { commandsOf, features } from '../src/bot/features/features.ts'
import { environment } from '../src/config.ts'
import { fillBlocks } from './blocks.ts'
import { type Facts, findFalse } from './claims.ts'

// Generates the documents' tables from the code and reports statements that the code contradicts. --check writes nothing.

const escapeCell = (text: string) => text.replaceAll('|', '\\|')

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function defaultOf(schema: z.ZodType): string {
  const parsed = schema.safeParse(undefined)
  if (!parsed.success || parsed.data === undefined) return ''
  return Array.isArray(parsed.data) ? '' : `\`${String(parsed.data)}\``
}

const commands = commandsOf(features())

const made = {
  commands: toTable(
    ['command', 'does'],
    commands.map(({ command, usage, description }) => [
      `/${command}${usage === undefined ? '' : ` ${usage}`}`,
      description,
    ]),
  ),
  environment: toTable(
    ['variable', 'default', 'what it is for'],
    Object.entries(environment).map(([name, schema]) => [
      `\`${name}\``,
      defaultOf(schema),
      schema.description ?? '',
    ]),
  ),
}

const notOurs = new Set(['.git', 'node_modules', 'dist', 'data', 'coverage'])
const files = readdirSync('.')
  .filter((name) => !notOurs.has(name))
  .flatMap((name) =>
    statSync(name).isDirectory()
      ? readdirSync(name, { recursive: true, encoding: 'utf8' }).map((path) => join(name, path))
      : [name],
  )
  .filter((path) => statSync(path).isFile())
const code = files
  .filter((path) => /\.(ts|js)$/.test(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly engines: { readonly node: string }
}
const folders = new Set(files.flatMap((path) => /^(src\/[^/]+\/|[a-z]+\/)/.exec(path)?.[1] ?? []))

const facts: Facts = {
  exists: existsSync,
  read: (path) => readFileSync(path, 'utf8'),
  isInCode: (word) => new RegExp(`\\b${word}\\b`).test(code),
  scripts: Object.keys(manifest.scripts),
  commands: commands.map(({ command }) => command),
  dependencies: Object.keys(manifest.dependencies),
  devDependencies: Object.keys(manifest.devDependencies),
  folders: [...folders].filter((folder) => folder !== 'src/'),
  node: manifest.engines.node.replace('>=', ''),
}

const isCheck = process.argv.includes('--check')
const problems: string[] = []
const isDocument = (path: string) =>
  /^(Dockerfile|compose\.yaml|fly\.toml|\.env\.example|(docs\/)?\w+\.md)$/.test(path)
for (const path of files.filter(isDocument)) {
  const before = readFileSync(path, 'utf8')
  const text = fillBlocks(before, made)
  if (text !== before && isCheck) problems.push(`${path}: a table is out of date; run npm run docs`)
  else if (text !== before) writeFileSync(path, text)
  problems.push(...findFalse({ path, text }, facts))
}
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
