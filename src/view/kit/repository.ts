import { code, type Html, link } from './html.ts'

/** Returns a repository's web URL; null if it has none. */
export function repositoryUrl(repo: string | null): string | null {
  if (repo === null || repo.trim() === '') return null
  if (/^https?:\/\//.test(repo)) return repo.replace(/\.git$/, '').replace(/\/+$/, '')
  const ssh = /^(?:ssh:\/\/)?git@([^:/]+)[:/](.+?)(?:\.git)?$/.exec(repo)
  if (ssh) return `https://${ssh[1]}/${ssh[2]}`
  return /^[\w.-]+\/[\w.-]+$/.test(repo) ? `https://github.com/${repo}` : null
}

/** Links a branch to its repository, or shows its name if the repository has no web URL. */
export function branchLink(branch: string, repo: string | null): Html {
  const url = repositoryUrl(repo)
  return url === null ? code(branch) : link(`${url}/tree/${encodeURI(branch)}`, branch)
}
