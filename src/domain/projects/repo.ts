/** A repository as all its spellings name it; `host` is null where only `owner/repo` was said. */
export interface Repo {
  readonly host: string | null
  readonly path: string
}

const withScheme = /^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i
// git's own short form of ssh: user@host:path.
const scpLike = /^[^@/:\s]+@([^/:\s]+):(?!\/\/)(.+)$/
const ownerAndRepo = /^[\w.-]+\/[\w.-]+$/

/** Reads `owner/repo`, an https or ssh URL with or without `.git`; null if the text is something else. */
export function normaliseRepo(text: string): Repo | null {
  const trimmed = text.trim()
  const [, host, rest] = withScheme.exec(trimmed) ?? scpLike.exec(trimmed) ?? []
  if (host !== undefined && rest !== undefined) {
    const path = toPath(rest)
    return path.includes('/') ? { host: host.toLowerCase(), path } : null
  }
  return ownerAndRepo.test(trimmed) ? { host: null, path: toPath(trimmed) } : null
}

/** Whether two spellings name one repository; a host that was not said fits any. */
export function isSameRepo(left: Repo, right: Repo): boolean {
  if (left.path !== right.path) return false
  return left.host === right.host || left.host === null || right.host === null
}

/** The address that a repository is cloned from: `owner/repo` is one on GitHub, anything else is one already. */
export function toRepoAddress(stored: string | null): string | null {
  return stored !== null && ownerAndRepo.test(stored.trim()) ? `https://github.com/${stored.trim()}` : stored
}

function toPath(text: string): string {
  return text
    .replace(/[?#].*$/, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/i, '')
}
