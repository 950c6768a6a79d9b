import { type TaskStatus, taskStatuses } from '../core/task-values.ts'
import type { TaskFilter } from '../tasks/lists/list.ts'
import { readWord } from './tokens.ts'

/** The filters after /tasks, and the words that weren't understood. */
export interface TaskQuery {
  readonly filter: TaskFilter
  readonly problems: readonly string[]
}

const open: readonly TaskStatus[] = ['inbox', 'todo', 'hold', 'ready']

/** Reads filters: status words, a project key, `#label`, `@engine`, `!priority`, `queued`, `working`; other words are searched for. */
export function parseTaskQuery(text: string, projectKeys: readonly string[]): TaskQuery {
  const statuses = new Set<TaskStatus>()
  const filter: { -readonly [K in keyof TaskFilter]: TaskFilter[K] } = {}
  const words: string[] = []
  const problems: string[] = []
  let all = false
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const name = word.toLowerCase()
    const status = taskStatuses.find((one) => one === name)
    const project = projectKeys.find((key) => key.toLowerCase() === name.replace(/:$/, ''))
    const token = readWord(word, projectKeys)
    if (status !== undefined) statuses.add(status)
    else if (name === 'open') for (const one of open) statuses.add(one)
    else if (name === 'all') all = true
    else if (name === 'queued') filter.runState = 'queued'
    else if (name === 'working' || name === 'running') filter.runState = 'running'
    else if (project !== undefined) filter.projectKey = project
    else if (token.kind === 'project') filter.projectKey = token.key
    else if (token.kind === 'label') filter.label = token.name
    else if (token.kind === 'priority') filter.priority = token.priority
    else if (token.kind === 'engine') filter.engine = token.engine
    else if (token.kind === 'problem') problems.push(word)
    else words.push(word)
  }
  if (words.length > 0) filter.words = words.join(' ')
  if (!all) filter.statuses = statuses.size > 0 ? taskStatuses.filter((one) => statuses.has(one)) : open
  return { filter, problems }
}

/** Returns the query with its statuses replaced. */
export function withStatus(text: string, status: TaskStatus | 'open' | 'all'): string {
  const rest = text
    .split(/\s+/)
    .filter((word) => word !== '' && !isStatusWord(word))
    .join(' ')
  return status === 'open' ? rest : `${status} ${rest}`.trim()
}

function isStatusWord(word: string): boolean {
  const name = word.toLowerCase()
  return name === 'open' || name === 'all' || taskStatuses.some((status) => status === name)
}
