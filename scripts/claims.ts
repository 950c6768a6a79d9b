import { dirname, join, normalize } from 'node:path'

/** What documents may speak of. */
export interface Facts {
  readonly exists: (path: string) => boolean
  readonly read: (path: string) => string
  /** Whether a word stands anywhere in the code. */
  readonly isInCode: (word: string) => boolean
  readonly scripts: readonly string[]
  readonly commands: readonly string[]
  readonly dependencies: readonly string[]
  /** Rooms that the picture must show. */
  readonly rooms: readonly string[]
  /** The oldest Node, as `20.19`. */
  readonly node: string
}

interface Document {
  readonly path: string
  readonly text: string
}

type Check = (document: Document, facts: Facts) => string[]

/** Everything that a document says and that is not so, a line each. */
export function findFalse(document: Document, facts: Facts): string[] {
  return checks.flatMap((check) => check(document, facts)).map((problem) => `${document.path}: ${problem}`)
}

const links: Check = ({ path, text }, facts) =>
  found(text, /(?:\]\(|(?:src|href)=")(?!https?:|mailto:)([^)"\s]+)/g).flatMap((link) => {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : normalize(join(dirname(path), file))
    if (!facts.exists(target)) return [`the link to ${link} leads nowhere`]
    if (anchor === undefined) return []
    const anchors = found(facts.read(target), /^#+ (.+)$/gm).map(toAnchor)
    return anchors.includes(anchor) ? [] : [`${target} has no heading for #${anchor}`]
  })

const paths: Check = ({ text }, facts) =>
  unique(found(text, /(?<![\w./-])((?:src|docs|scripts|test|bench|drizzle|dist|\.ci)\/[\w./-]*\w\/?)/g))
    // What the build makes lies where its source does.
    .filter((path) => !facts.exists(path.replace(/^dist\/(.*)\.js$/, 'src/$1.ts')))
    .map((path) => `${path} is not there`)

const npmScripts: Check = ({ text }, facts) =>
  unique(found(text, /\bnpm run (?:--silent )?([\w:-]+)/g))
    .filter((name) => !facts.scripts.includes(name))
    .map((name) => `package.json has no script ${name}`)

// Read by Node's packages and by Postgres' image.
const readElsewhere = ['NODE_ENV', 'POSTGRES_USER', 'POSTGRES_PASSWORD']

const variables: Check = ({ text }, facts) =>
  unique(found(text, /(?<![\w$])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g))
    .filter((name) => !readElsewhere.includes(name) && !facts.isInCode(name))
    .map((name) => `nothing reads ${name}`)

// Those of the process and of Node are prom-client's.
const metrics: Check = ({ text }, facts) =>
  unique(found(text, /\b(preqbot_(?!process_|nodejs_|data\b)\w+?)(?:_count|_sum|_bucket)?\b/g))
    .filter((name) => !facts.isInCode(name))
    .map((name) => `there is no metric ${name}`)

// The roots of the HTTP server are no commands.
const routes = ['api', 'mcp', 'metrics']

const chatCommands: Check = ({ path, text }, facts) => {
  if (!path.endsWith('.md')) return []
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '')
  return unique(found(prose, /(?<=^|[\s(|])(?<!<!-- )\/([a-z]+)(?=$|[\s.,:;)|])/gm))
    .filter((name) => !facts.commands.includes(name) && !routes.includes(name))
    .map((name) => `there is no command /${name}`)
}

const rooms: Check = ({ text }, facts) => {
  const [, picture] = /```\n(src\/main\.ts {2}[\s\S]*?)```/.exec(text) ?? []
  if (picture === undefined) return []
  const shown = found(picture, /^(\S+) {2,}\S/gm)
  return [
    ...shown.filter((path) => !facts.exists(path)).map((path) => `${path} of the picture is not there`),
    ...facts.rooms.filter((room) => !shown.includes(room)).map((room) => `the picture does not show ${room}`),
  ]
}

const dependencies: Check = ({ text }, facts) => {
  const [, section] = /^## What it stands on\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text) ?? []
  if (section === undefined) return []
  const named = found(section, /^\| ([^|]+?) \|/gm)
    .flatMap((cell) => cell.split(', '))
    .filter((name) => !/^(package|-+)$/.test(name))
  return [
    ...named.filter((name) => !facts.dependencies.includes(name)).map((name) => `${name} is no dependency`),
    ...facts.dependencies
      .filter((name) => !named.includes(name))
      .map((name) => `the dependency ${name} is not named`),
  ]
}

const nodeVersions: Check = ({ text }, facts) =>
  unique(found(text, /\bNode (\d+\.\d+) or newer/g))
    .filter((version) => version !== facts.node)
    .map((version) => `it needs Node ${facts.node}, not ${version}`)

const checks: readonly Check[] = [
  links,
  paths,
  npmScripts,
  variables,
  metrics,
  chatCommands,
  rooms,
  dependencies,
  nodeVersions,
]

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')
const unique = (words: readonly string[]) => [...new Set(words)]

// As GitHub makes them.
const toAnchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
