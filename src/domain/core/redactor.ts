/** Replaces secrets in texts: configured values, and anything that looks like a token or a key. */
export interface Redactor {
  readonly text: (text: string) => string
  /** Redacts every string in plain data. */
  readonly data: <T>(data: T) => T
  /** Adds secrets to redact from now on, in any form. Blank ones are skipped. */
  readonly learn: (...secrets: readonly (string | undefined)[]) => void
}

const mask = '[redacted]'
const maxDecodings = 3

// A secret may follow `\n` in JSON, so no word boundary is required. Short prefixes require one: Telegram's file IDs are random.
const start = String.raw`(?:(?<![\w-])|(?<=\\[nrt]))`
const keyBody = String.raw`(?:(?:\s|\\+[nrt])*[A-Za-z\d+/=]{16,})+`
const shapes: readonly (readonly [RegExp, string])[] = [
  // Agents' tokens and Telegram bot tokens, also as `bot123:…` in a URL.
  [/preq_[\w-]{20,}/g, mask],
  [/(?<!\d)\d{5,}:[\w-]{20,}/g, mask],
  // Codes of setup links and of new-token links.
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
  // A private key up to its end, or to the end of the text.
  [
    new RegExp(
      String.raw`-----BEGIN[A-Z\d +]*PRIVATE[ +]KEY(?:[ +]BLOCK)?-----(?:(?:(?!-----BEGIN)[\s\S])*?-----END[A-Z\d +]*PRIVATE[ +]KEY(?:[ +]BLOCK)?-----|${keyBody})`,
      'g',
    ),
    mask,
  ],
  // A password in a URL. The replacement is never longer: columns have limits.
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
  // A word is checked after all percent-decoding; one without a secret stays unchanged.
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

/** Returns the password of a URL in every form it may be written. */
export function passwordsIn(url: string): string[] {
  if (!URL.canParse(url)) return []
  const { password, searchParams } = new URL(url)
  return [password, decode(password), searchParams.get('password') ?? '']
}

/** Tests whether a secret differs from an ordinary word: one like `postgres` is redacted only in a telltale place. */
export function isDistinct(secret: string): boolean {
  return secret.length >= 8 && !/^(?:[A-Za-z]{1,11}|\d+)$/.test(secret)
}

/** Returns a secret as written in plain text, in JSON, and in JSON within JSON. */
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
