/** A repository in normalized form; `host` is null if only `owner/repo` was given. */
export interface Repo {
  readonly host: string | null
  readonly path: string
}

const withScheme = /^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i
// git's short form for ssh: user@host:path.
const scpLike = /^[^@/:\s]+@([^/:\s]+):(?!\/\/)(.+)$/
const ownerAndRepo = /^[\w.-]+\/[\w.-]+$/

/** Parses `owner/repo`, or an https or ssh URL with or without `.git`; otherwise returns null. */
export function normalizeRepo(text: string): Repo | null {
  const trimmed = text.trim()
  const [, host, rest] = withScheme.exec(trimmed) ?? scpLike.exec(trimmed) ?? []
  if (host !== undefined && rest !== undefined) {
    const path = toPath(rest)
    return path.includes('/') ? { host: host.toLowerCase(), path } : null
  }
  return ownerAndRepo.test(trimmed) ? { host: null, path: toPath(trimmed) } : null
}

/** Tests whether two spellings name the same repository; a missing host matches any. */
export function isSameRepo(left: Repo, right: Repo): boolean {
  if (left.path !== right.path) return false
  return left.host === right.host || left.host === null || right.host === null
}

/** Returns the clone URL of a repository: `owner/repo` is on GitHub, anything else already is a URL. */
export function toRepoAddress(stored: string | null): string | null {
  return stored !== null && ownerAndRepo.test(stored.trim()) ? `https://github.com/${stored.trim()}` : stored
}

function toPath(text: string): string {
  return text
    .replace(/[?#].*$/, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '')
}
