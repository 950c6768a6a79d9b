import { dirname, join, normalize } from 'node:path'
import { findInProse } from './words.ts'

/** What documents may reference. */
export interface Facts {
  readonly exists: (path: string) => boolean
  readonly read: (path: string) => string
  /** Returns whether a word occurs anywhere in the code. */
  readonly isInCode: (word: string) => boolean
  readonly scripts: readonly string[]
  readonly commands: readonly string[]
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
  /** Folders that the architecture diagram must show. */
  readonly folders: readonly string[]
  /** The oldest supported Node version, e.g. `20.19`. */
  readonly node: string
}

interface Document {
  readonly path: string
  readonly text: string
}

type Check = (document: Document, facts: Facts) => string[]

/** Lists a document's statements that the code contradicts, one per line. */
export function findFalse(document: Document, facts: Facts): string[] {
  return checks.flatMap((check) => check(document, facts)).map((problem) => `${document.path}: ${problem}`)
}

const links: Check = ({ path, text }, facts) =>
  found(text, /(?:\]\(|(?:src|href)=")(?!https?:|mailto:)([^)"\s]+)/g).flatMap((link) => {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : normalize(join(dirname(path), file))
    if (!facts.exists(target)) return [`the link to ${link} is broken`]
    if (anchor === undefined) return []
    const anchors = found(facts.read(target), /^#+ (.+)$/gm).map(toAnchor)
    return anchors.includes(anchor) ? [] : [`${target} has no heading for #${anchor}`]
  })

const paths: Check = ({ text }, facts) =>
  unique(found(text, /(?<![\w./-])((?:src|docs|scripts|test|bench|drizzle|dist|\.ci)\/[\w./-]*\w\/?)/g))
    // A built file mirrors its source.
    .filter((path) => !sourcesOf(path).some((source) => facts.exists(source)))
    .map((path) => `${path} does not exist`)

// The build puts the main program and the commands of src/cli next to each other in dist.
const sourcesOf = (path: string) => {
  const [, program] = /^dist\/(.*)\.js$/.exec(path) ?? []
  return program === undefined ? [path] : [`src/${program}.ts`, `src/cli/${program}.ts`]
}

const npmScripts: Check = ({ text }, facts) =>
  unique(found(text, /\bnpm run (?:--silent )?([\w:-]+)/g))
    .filter((name) => !facts.scripts.includes(name))
    .map((name) => `package.json has no script ${name}`)

// Read by Node packages and the Postgres image, not by our code.
const readElsewhere = ['NODE_ENV', 'POSTGRES_USER', 'POSTGRES_PASSWORD']

const variables: Check = ({ text }, facts) =>
  unique(found(text, /(?<![\w$])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g))
    .filter((name) => !readElsewhere.includes(name) && !facts.isInCode(name))
    .map((name) => `nothing reads ${name}`)

// Process and Node metrics are prom-client's.
const metrics: Check = ({ text }, facts) =>
  unique(found(text, /\b(preqbot_(?!process_|nodejs_|data\b)\w+?)(?:_count|_sum|_bucket)?\b/g))
    .filter((name) => !facts.isInCode(name))
    .map((name) => `there is no metric ${name}`)

// HTTP paths, not commands.
const routes = ['api', 'mcp', 'metrics']

const chatCommands: Check = ({ path, text }, facts) => {
  if (!path.endsWith('.md')) return []
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '')
  return unique(found(prose, /(?<=^|[\s(|])(?<!<!-- )\/([a-z]+)(?=$|[\s.,:;)|])/gm))
    .filter((name) => !facts.commands.includes(name) && !routes.includes(name))
    .map((name) => `there is no command /${name}`)
}

const folders: Check = ({ text }, facts) => {
  const [, diagram] = /```\n(src\/main\.ts {2}[\s\S]*?)```/.exec(text) ?? []
  if (diagram === undefined) return []
  const shown = found(diagram, /^(\S+) {2,}\S/gm)
  return [
    ...shown.filter((path) => !facts.exists(path)).map((path) => `${path} in the diagram does not exist`),
    ...facts.folders
      .filter((folder) => !shown.includes(folder))
      .map((folder) => `the diagram does not show ${folder}`),
  ]
}

const dependencies: Check = ({ path, text }, facts) => {
  if (path !== 'docs/dependencies.md') return []
  return [
    ...compareDependencies(text, 'Runtime', facts.dependencies),
    ...compareDependencies(text, 'Development', facts.devDependencies),
  ]
}

function compareDependencies(text: string, heading: string, installed: readonly string[]): string[] {
  const [, section = ''] =
    new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(text) ?? []
  const rows = [...section.matchAll(/^\| ([^|]*?) \|(.*)\|$/gm)]
    .map(([, name = '', purpose = '']) => ({ name, purpose: purpose.trim() }))
    .filter(({ name }) => !/^(package|-+)$/.test(name))
  const named = rows.map(({ name }) => name)
  return [
    ...named
      .filter((name) => !installed.includes(name))
      .map((name) => `${name} is not under ${heading} in package.json`),
    ...installed.filter((name) => !named.includes(name)).map((name) => `${name} is missing under ${heading}`),
    ...rows.filter(({ purpose }) => purpose === '').map(({ name }) => `what ${name} is for is missing`),
  ]
}

const nodeVersions: Check = ({ text }, facts) =>
  unique(found(text, /\bNode (\d+\.\d+) or newer/g))
    .filter((version) => version !== facts.node)
    .map((version) => `package.json requires Node ${facts.node}, not ${version}`)

// Generated tables take their wording from the code. Skipped parts keep their line breaks, so line numbers stay right.
const wording: Check = ({ text }) => {
  const prose = text.replace(/<!-- [\w-]+: made by [\s\S]*?<!-- \/[\w-]+ -->|`[^`\n]*`/g, (part) =>
    part.replace(/[^\n]/g, ' '),
  )
  return findInProse(prose).map(
    ({ line, word, better }) => `line ${line}: write "${better}" instead of "${word}"`,
  )
}

const checks: readonly Check[] = [
  wording,
  links,
  paths,
  npmScripts,
  variables,
  metrics,
  chatCommands,
  folders,
  dependencies,
  nodeVersions,
]

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')
const unique = (words: readonly string[]) => [...new Set(words)]

// Builds the anchor that GitHub gives a heading.
const toAnchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
