import { z } from 'zod'
import { text } from '../core/text.ts'
import { BranchName } from './branch.ts'

const flag = (fallback: 'true' | 'false') => ({ schema: z.enum(['true', 'false']), fallback })

/** The known keys of project_settings: the schema of each, and its value if nothing valid is stored. */
export const projectSettingSpecs = {
  deploy_strategy: { schema: z.enum(['none', 'direct_commit', 'feature_branch']), fallback: 'none' },
  deploy_default_branch: { schema: BranchName.pipe(z.string().min(1)), fallback: 'main' },
  deploy_auto_pr: flag('false'),
  deploy_commit_on_review: flag('true'),
  deploy_squash_merge: flag('true'),
  agent_instructions: { schema: text(50_000), fallback: '' },
} as const satisfies Record<string, { schema: z.ZodType<string>; fallback: string }>

export type ProjectSettingKey = keyof typeof projectSettingSpecs
export type ProjectSettings = Readonly<Record<ProjectSettingKey, string>>

export const projectSettingKeys = Object.keys(projectSettingSpecs) as readonly ProjectSettingKey[]

/** Completes stored settings: trims them, lower-cases closed sets, and uses the default for anything invalid. */
export function toProjectSettings(stored: Readonly<Record<string, string>>): ProjectSettings {
  const entries = projectSettingKeys.map((key) => {
    const { schema, fallback } = projectSettingSpecs[key]
    const trimmed = stored[key]?.trim()
    if (trimmed === undefined) return [key, fallback]
    const value = schema instanceof z.ZodEnum ? trimmed.toLowerCase() : trimmed
    const parsed = schema.safeParse(value)
    return [key, parsed.success ? parsed.data : fallback]
  })
  return Object.fromEntries(entries) as ProjectSettings
}

export interface DeploySettings {
  readonly strategy: 'none' | 'direct_commit' | 'feature_branch'
  readonly defaultBranch: string
  readonly autoPr: boolean
  readonly commitOnReview: boolean
  readonly squashMerge: boolean
}

/** Returns how the project wants work delivered. */
export function toDeploySettings(settings: ProjectSettings): DeploySettings {
  return {
    strategy: settings.deploy_strategy as DeploySettings['strategy'],
    defaultBranch: settings.deploy_default_branch,
    autoPr: settings.deploy_auto_pr === 'true',
    commitOnReview: settings.deploy_commit_on_review === 'true',
    squashMerge: settings.deploy_squash_merge === 'true',
  }
}

/** Returns what a task still lacks to be ready: a project that wants pull requests needs one, with its branch. */
export function missingForReady(
  deploy: DeploySettings,
  has: { readonly branch: string | null; readonly prUrl: string | null },
): string[] {
  if (deploy.strategy !== 'feature_branch' || !deploy.autoPr || !deploy.commitOnReview) return []
  return [...(has.branch ? [] : ['feature branch name']), ...(has.prUrl ? [] : ['pull request URL'])]
}
