import { z } from 'zod'
import { cleanLine, text } from '../core/text.ts'

// What `git check-ref-format --branch` refuses, rule by rule (git-scm.com/docs/git-check-ref-format).
const rules: readonly (readonly [RegExp, string])[] = [
  [/^-/, 'begin with -'],
  [/\s/u, 'contain spaces'],
  [/[~^:?*[\\]/, 'contain ~ ^ : ? * [ or \\'],
  [/\.\./, 'contain ..'],
  [/@\{/, 'contain @{'],
  [/^\/|\/$|\/\//, 'begin or end with / or contain //'],
  [/(?:^|\/)\./, 'have a part that begins with a dot'],
  [/\.$|\.lock(?:\/|$)/, 'end with a dot, nor a part of it with .lock'],
  [/^(?:@|HEAD)$/, 'be @ or HEAD'],
]

/** Returns why git would refuse this branch name, or null. */
export function branchProblem(name: string): string | null {
  const broken = rules.find(([pattern]) => pattern.test(name))
  return broken === undefined ? null : `is not a branch that git accepts: it must not ${broken[1]}`
}

/** A branch name of at most 200 characters that git accepts, or an empty string. */
export const BranchName = text(200).pipe(
  z
    .string()
    .overwrite(cleanLine)
    .superRefine((name, context) => {
      const problem = name === '' ? null : branchProblem(name)
      if (problem !== null) context.addIssue({ code: 'custom', message: problem })
    }),
)
