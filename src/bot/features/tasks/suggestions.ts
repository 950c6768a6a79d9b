import { minuteMs } from '../../../domain/core/durations.ts'
import { DomainError } from '../../../domain/core/errors.ts'
import { engines, taskPriorities } from '../../../domain/core/task-values.ts'
import { createProject } from '../../../domain/projects/create.ts'
import { withoutToken } from '../../../domain/quick-add/suggest.ts'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { moveToProject } from '../../../domain/tasks/edit/move-project.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { changedToast, staleToast, toasts } from '../../../view/kit/answers.ts'
import { markOf } from '../../../view/kit/callbacks.ts'
import { type Suggested, suggestTap } from '../../../view/tasks/suggestions.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature, onTap } from '../../kit/feature.ts'
import { showScreen, showTask } from '../../kit/show.ts'
import { renderCaptured } from '../../kit/tasks/captured.ts'
import { problemsIn, withSuggestions } from '../../kit/tasks/suggested.ts'
import { toast } from '../../kit/toast.ts'

type Tap = NonNullable<ReturnType<typeof suggestTap.decode>>

/** The buttons for shorthand that wasn't understood: each removes it from the title and applies the suggestion. */
export function suggestions(): Feature {
  const feature = createFeature()
  onTap(feature, suggestTap, async (ctx, tap) => {
    const task = await findTask(scopeOf(ctx), tap.key)
    if (task === null) return toast(ctx, staleToast(null))
    const found = await findProblem(ctx, task, tap.mark)
    const edit = found && editFor(task, tap, found)
    if (found === null || edit === null) {
      await toast(ctx, toasts.outdated)
      return showTask(ctx, task)
    }
    try {
      await apply(ctx, task, tap, { ...edit, title: withoutToken(task.title, found.token) })
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      await toast(ctx, error.message, true)
    }
  })
  return feature
}

/** Returns the shorthand that a button is about, from the title or, if the title was cut, the note's first line. */
async function findProblem(ctx: BotContext, task: Task, mark: string): Promise<Suggested | null> {
  for (const line of [task.title, task.note?.split('\n', 1)[0] ?? '']) {
    const problems = (await problemsIn(ctx, line)).filter(({ token }) => markOf(token) === mark)
    const [found] = await withSuggestions(ctx, problems)
    if (found !== undefined) return found
  }
  return null
}

/** Returns the button's change apart from title and project; null if its value is unknown. */
function editFor(task: Task, { kind, value }: Tap, { suggestion }: Suggested): TaskEdit | null {
  switch (kind) {
    case 'priority': {
      const priority = taskPriorities.find((each) => each === value)
      return priority === undefined ? null : { priority }
    }
    case 'engine': {
      const engine = engines.find((each) => each === value)
      return engine === undefined ? null : { engine }
    }
    case 'due': {
      const at = new Date(Number.parseInt(value, 36) * minuteMs)
      return Number.isNaN(at.getTime()) ? null : { dueAt: at }
    }
    case 'label':
      if (suggestion.kind !== 'label') return null
      return { labels: [...task.labels.map(({ name }) => name), suggestion.name] }
    case 'project':
    case 'new-project':
      return {}
  }
}

async function apply(ctx: BotContext, before: Task, { kind, value }: Tap, edit: TaskEdit): Promise<void> {
  if (kind === 'new-project') {
    const name = `${value.charAt(0)}${value.slice(1).toLowerCase()}`
    await createProject(ctx.board, { key: value, name })
  }
  const edited = await editTask(ctx.board, before.id, edit)
  const isMove = kind === 'project' || kind === 'new-project'
  const { task, auditId } = isMove ? await moveToProject(ctx.board, before.id, value) : edited
  await toast(ctx, auditId === null ? toasts.unchanged : changedToast(before, task))
  const problems = await problemsIn(ctx, task.title)
  const { card, about } = await renderCaptured(ctx, task, { undo: auditId, problems })
  await showScreen(ctx, card, about)
}
