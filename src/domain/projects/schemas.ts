import { z } from 'zod'
import { projectStatuses } from '../../db/schema.ts'
import { text } from '../core/text.ts'
import { ProjectKey } from './key.ts'

export { projectStatuses } from '../../db/schema.ts'

const emptyToNull = (value: string) => (value === '' ? null : value)
const oneLine = (max: number) =>
  text(max).pipe(
    z
      .string()
      .trim()
      .regex(/^[^\s]*$/, "can't contain spaces"),
  )

const ProjectName = text(120).pipe(z.string().trim().min(1, "can't be empty"))
const Description = text(50_000).transform((value) => (value.trim() === '' ? null : value))
const RepoUrl = oneLine(500).transform(emptyToNull)
const WebUrl = oneLine(2_000)
  .transform((value) => (value === '' || value.includes('://') ? value : `https://${value}`))
  .refine((value) => value === '' || isWebUrl(value), 'must be a URL')
  .transform(emptyToNull)

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}

const fields = {
  description: Description.nullish(),
  repoUrl: RepoUrl.nullish(),
  vercelUrl: WebUrl.nullish(),
  priority: z.int().min(1).max(5).optional(),
  status: z.enum(projectStatuses).optional(),
  /** A picture's URL, or the name of a built-in background. */
  bgImage: oneLine(2_000).transform(emptyToNull).nullish(),
}

/** A new project; without a key, one is derived from the name. */
export const NewProject = z.object({ key: ProjectKey.optional(), name: ProjectName, ...fields })
export type NewProject = z.input<typeof NewProject>

/** A change of a project: absent fields stay, null and empty text clear. The key never changes. */
export const ProjectEdit = z.object({
  name: ProjectName.optional(),
  ...fields,
  bgImageCredit: z.record(z.string(), z.unknown()).nullish(),
})
export type ProjectEdit = z.input<typeof ProjectEdit>
