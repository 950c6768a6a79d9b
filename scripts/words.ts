/** A dated or translated word, and what an American engineer writes. */
export interface Finding {
  readonly line: number
  readonly word: string
  readonly better: string
}

// Patterns of whole words, ignoring case.
const inProse = compile({
  anew: 'again',
  'at the most': 'at most',
  behaviour: 'behavior',
  blackened: 'redacted',
  'by webhook': 'over webhooks',
  colour: 'color',
  house: 'architecture',
  // "null if there is none" is fine.
  '(?<!there )is none': "isn't one",
  licence: 'license',
  meanwhile: 'in the meantime',
  'mend(?:ed|s)?': 'fix',
  // "The title of its own task" is fine.
  'of its own(?! (?!and\\b|for\\b|in\\b|on\\b|or\\b|so\\b|that\\b|with\\b)[a-z])': 'its own',
  rooms: 'modules',
  'shut out': 'revoked',
  'such as': 'e.g.,',
  "the agents[’']s? door": 'the agent API',
  'the digest of the day': 'the daily digest',
  'the way in': 'inbound updates',
  'the way out': 'outbound messages',
  whoever: 'anyone',
})

// Patterns of whole parts: `setUpTrail` and `set_up_trail` read "set up trail".
const inNames = compile({
  anew: 'again',
  'apologi[sz]es?': 'reportFailure',
  attention: 'priority',
  'bells?': 'signal, wakeup',
  blackened: 'redacted',
  'doors?': 'api, intake',
  'forgets?|forgotten': 'deleteExpired, clear',
  'happenings?': 'NotificationKind',
  house: 'architecture',
  'is so': 'isAlreadyApplied',
  meanwhile: 'inTheMeantime',
  'mend(?:ed|s)?': 'fix',
  news: 'notification',
  overtaken: 'isStale',
  'paced?|paces|pacing': 'throttle',
  patiently: 'retryUntil',
  preparing: 'preparedRead',
  'put off': 'postpone',
  'ranks?|ranked': 'priority, order',
  'readdress(?:ed|es)?': 'setDestination',
  'restated?|restates': 'markForEdit',
  'rings?|rang': 'signal, wakeup',
  'says?|said': 'notify, state',
  'settles?': 'clearStale, finish',
  'shut out': 'revoked',
  'so long': 'max',
  'so many': 'max',
  surviving: 'withGuard',
  'take up': 'recover',
  'tells?|told': 'notify',
  'traces?': 'auditLog, history',
  'trails?': 'auditLog, history',
  'weighs?|weighed': 'classify',
  whoever: 'anyone',
  '^(?:most|longest)': 'max',
  'way (?:in|out)': 'inbound, outbound',
})

/** Finds dated phrases in a text. */
export function findInProse(text: string, firstLine = 1): Finding[] {
  return find(inProse, text).map(({ index, ...found }) => ({
    ...found,
    line: firstLine + countLines(text.slice(0, index)),
  }))
}

/** Finds dated words in a name or a path, in any case style. */
export function findInName(name: string, line = 1): Finding[] {
  const parts = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/[^A-Za-z\d]+/g, ' ')
    .trim()
  return find(inNames, parts).map(({ better }) => ({ line, word: name, better }))
}

/** Finds dated words in TypeScript: in its names, its comments, and its texts that `isProse` accepts. */
export function findInCode(source: string, isProse: (text: string, before: string) => boolean): Finding[] {
  const findings: Finding[] = []
  let line = 1
  let before = ''
  const add = (text: string) => {
    before = (before + text).slice(-60)
  }
  for (const token of readTokens(source)) {
    if (/^\/[/*]/.test(token)) findings.push(...findInProse(unwrap(token), line))
    else if (/^(?:['"`]|\}.)/s.test(token)) {
      if (isProse(token, before)) findings.push(...findInProse(token, line))
      add(token)
    } else {
      if (/^[A-Za-z_$]/.test(token)) findings.push(...findInName(token, line))
      add(token)
    }
    line += countLines(token)
  }
  return findings
}

/** Returns whether a string is a test title: the first argument of `test`, `describe` or their `each`. */
export function isTitle(_text: string, before: string): boolean {
  return /(?:\b(?:test|describe)(?:\.\w+)*|\))\(\s*$/.test(before)
}

// A comment, a text, a regular expression, a name, other characters.
const tokens =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|(?<=(?:[=(,:[!&|?{};>]|return)\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*|[A-Za-z_$][\w$]*|[^\w$'"`/{}]+|[\s\S]/y
// From the start of a template, or the end of a `${…}` in it, to the next `${` or the end.
const templatePart = /[`}](?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y

function* readTokens(source: string): Generator<string> {
  // The open braces in each `${…}`, from the outside in.
  const braces: number[] = []
  let at = 0
  while (at < source.length) {
    const open = braces.at(-1)
    const isInTemplate = source[at] === '`' || (source[at] === '}' && open === 0)
    const pattern = isInTemplate ? templatePart : tokens
    pattern.lastIndex = at
    const token = pattern.exec(source)?.[0] ?? ''
    if (isInTemplate) {
      if (source[at] === '}') braces.pop()
      if (token.endsWith('${')) braces.push(0)
    } else if (open !== undefined && (token === '{' || token === '}'))
      braces[braces.length - 1] = open + (token === '{' ? 1 : -1)
    yield token
    at += token.length
  }
}

// A sentence continues across the lines of a comment. The length stays the same, so line numbers stay right.
const unwrap = (comment: string) =>
  comment.replace(/(?<=\n)\s*(?:\*|\/\/)(?!\/)/g, (mark) => ' '.repeat(mark.length))

function compile(words: Readonly<Record<string, string>>) {
  const toPattern = (word: string) => `(?<![\\w-])(?:${word.replaceAll(' ', '\\s+')})(?![\\w-])`
  return {
    any: new RegExp(Object.keys(words).map(toPattern).join('|'), 'i'),
    each: Object.entries(words).map(([word, better]) => ({
      pattern: new RegExp(toPattern(word), 'gi'),
      better,
    })),
  }
}

function find({ any, each }: ReturnType<typeof compile>, text: string) {
  if (!any.test(text)) return []
  return each.flatMap(({ pattern, better }) =>
    [...text.matchAll(pattern)].map(({ index, 0: match }) => ({
      index,
      word: match.replace(/\s+/g, ' '),
      better,
    })),
  )
}

const countLines = (text: string) => text.split('\n').length - 1
