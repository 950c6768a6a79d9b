/** Replaces secrets in texts: what it was told, and whatever looks like a token or a key. */
export interface Redactor {
  readonly text: (text: string) => string
  /** Redacts every string within plain data. */
  readonly data: <T>(data: T) => T
  /** Adds secrets that are redacted from now on, whatever they look like. Blank ones are skipped. */
  readonly learn: (...secrets: readonly (string | undefined)[]) => void
}

const mask = '[redacted]'
const maxDecodings = 3

// A secret may follow `\n` in JSON, so no word boundary is asked for. Short prefixes need a start: Telegram's file ids are random.
const start = String.raw`(?:(?<![\w-])|(?<=\\[nrt]))`
const keyBody = String.raw`(?:(?:\s|\\+[nrt])*[A-Za-z\d+/=]{16,})+`
const shapes: readonly (readonly [RegExp, string])[] = [
  // Agents' tokens, and the tokens of Telegram's bots: `bot123:…` in a URL.
  [/preq_[\w-]{20,}/g, mask],
  [/(?<!\d)\d{5,}:[\w-]{20,}/g, mask],
  // Codes of the setup link, and of links to a new token.
  [/((?:[?&]start=|\/start(?:@\w+)?\s+)(?:k_)?)[\w-]{22}(?![\w-])/gi, `$1${mask}`],
  // OpenAI, Anthropic, Stripe, GitHub, GitLab, Slack, Google, AWS.
  [new RegExp(String.raw`${start}[rs]k[-_](?=[\w-]*\d)[\w-]{16,}`, 'g'), mask],
  [
    new RegExp(String.raw`${start}(?:gh[opsur]_[A-Za-z\d]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,})`, 'g'),
    mask,
  ],
  [
    new RegExp(String.raw`${start}(?:(?:xox[a-z]|xapp)-[\w-]{10,}|AIza[\w-]{35}|A[KS]IA[A-Z\d]{16})`, 'g'),
    mask,
  ],
  [/(aws_secret_access_key["'\\]*\s*[=:]\s*["'\\]*)[A-Za-z\d/+]{40}/gi, `$1${mask}`],
  // A private key up to its end, or as much of it as there is.
  [
    new RegExp(
      String.raw`-----BEGIN[A-Z\d +]*PRIVATE[ +]KEY(?:[ +]BLOCK)?-----(?:(?:(?!-----BEGIN)[\s\S])*?-----END[A-Z\d +]*PRIVATE[ +]KEY(?:[ +]BLOCK)?-----|${keyBody})`,
      'g',
    ),
    mask,
  ],
  // A password in a URL. Never longer than what it replaces: columns have limits.
  [/(:\\*\/\\*\/[^\s/:@?#"'<>\\]*):[^\s/?#"'<>\\]+@/g, '$1:*@'],
]

export function createRedactor(...secrets: readonly (string | undefined)[]): Redactor {
  const known = new Set<string>()
  let pattern: RegExp | null = null
  const learn = (...more: readonly (string | undefined)[]) => {
    for (const secret of more) if (secret?.trim()) known.add(secret)
    const byLength = [...known].sort((one, other) => other.length - one.length)
    pattern = known.size === 0 ? null : new RegExp(byLength.map(toPattern).join('|'), 'g')
  }
  const plain = (text: string) =>
    shapes.reduce(
      (redacted, [shape, by]) => redacted.replace(shape, by),
      pattern === null ? text : text.replace(pattern, mask),
    )
  // However often a word is encoded, it is looked at decoded; one without a secret stays as it was.
  const encoded = (word: string): string => {
    let decoded = word
    for (let times = 0; times < maxDecodings; times += 1) {
      decoded = decode(decoded)
      const redacted = plain(decoded)
      if (redacted !== decoded) return text(redacted)
    }
    return word
  }
  const text = (value: string): string => {
    const redacted = plain(value)
    if (!redacted.includes('%')) return redacted
    const words = redacted.split(/([\s"<>\\]+)/)
    return words.map((word) => (word.includes('%') ? encoded(word) : word)).join('')
  }
  learn(...secrets)
  return { text, data: (data) => mapStrings(data, text), learn }
}

/** The password in a URL, in the ways it may be written. */
export function passwordsIn(url: string): string[] {
  if (!URL.canParse(url)) return []
  const { password, searchParams } = new URL(url)
  return [password, decode(password), searchParams.get('password') ?? '']
}

/** Whether a secret differs from an ordinary word: one like `postgres` is redacted only where its place gives it away. */
export function isDistinct(secret: string): boolean {
  return secret.length >= 8 && !/^(?:[A-Za-z]{1,11}|\d+)$/.test(secret)
}

/** A secret as it stands in a text, and as JSON, or JSON within JSON, writes it. */
function toPattern(secret: string): string {
  return [...secret]
    .map((character) => {
      if (character === '\\') return String.raw`\\+`
      if (character === '"' || character === '/') return String.raw`\\*${character}`
      if (character === ' ') return '[ +]'
      const escaped = JSON.stringify(character).slice(1, -1)
      if (escaped !== character) return String.raw`(?:${character}|\\+${escaped.slice(1)})`
      return character.replace(/[.*+?^${}()|[\]-]/, String.raw`\$&`)
    })
    .join('')
}

function decode(text: string): string {
  return text.replace(/(?:%[\dA-Fa-f]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}

function mapStrings<T>(data: T, change: (text: string) => string): T {
  if (typeof data === 'string') return change(data) as T & string
  if (Array.isArray(data)) return data.map((item) => mapStrings(item, change)) as T & unknown[]
  if (typeof data !== 'object' || data === null || Object.getPrototypeOf(data) !== Object.prototype)
    return data
  const entries = Object.entries(data).map(([key, value]) => [change(key), mapStrings(value, change)])
  return Object.fromEntries(entries) as T & object
}
