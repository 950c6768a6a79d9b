import { minuteMs } from '../../domain/core/durations.ts'
import type { QuickAddProblem } from '../../domain/quick-add/quick-add.ts'
import type { Suggestion } from '../../domain/quick-add/suggest.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { type Callback, markOf, type SuggestionKind } from '../kit/callbacks.ts'
import type { Button } from '../kit/card.ts'
import { clip } from '../kit/html.ts'
import { engineName, priorityName } from '../kit/names.ts'
import { dueText, type Reader } from '../kit/when.ts'

/** A token that wasn't understood, with a suggested meaning. */
export interface Suggested extends QuickAddProblem {
  readonly suggestion: Suggestion
}

const maxLabel = 24

/** Builds the button that accepts a suggestion. */
export function suggestionButton(task: Task, { token, suggestion }: Suggested, reader: Reader): Button {
  const { key } = task
  const does = (kind: SuggestionKind, value = ''): Callback => ({
    do: 'suggest',
    key,
    mark: markOf(token),
    kind,
    value,
  })
  switch (suggestion.kind) {
    case 'priority':
      return { label: `${priorityName[suggestion.priority]}?`, does: does('priority', suggestion.priority) }
    case 'engine':
      return { label: `${engineName[suggestion.engine]}?`, does: does('engine', suggestion.engine) }
    case 'label':
      return { label: `#${clip(suggestion.name, maxLabel)}?`, does: does('label') }
    case 'due': {
      const minutes = Math.floor(suggestion.at.getTime() / minuteMs).toString(36)
      return { label: `${dueText(suggestion.at, reader.now, reader.timeZone)}?`, does: does('due', minutes) }
    }
    case 'project':
      return { label: `Project ${suggestion.key}?`, does: does('project', suggestion.key) }
    case 'new-project':
      return { label: `Create project ${suggestion.key}`, does: does('new-project', suggestion.key) }
    case 'any-due':
      return { label: 'Set a date', does: { do: 'menu', on: 'card', key, menu: 'due', page: 0 } }
  }
}
