import { minuteMs } from '../../domain/core/durations.ts'
import type { QuickAddProblem } from '../../domain/quick-add/quick-add.ts'
import type { Suggestion } from '../../domain/quick-add/suggest.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { button } from '../kit/buttons.ts'
import { defineButton, field, markOf } from '../kit/callbacks.ts'
import type { Button } from '../kit/card.ts'
import { shorten } from '../kit/html.ts'
import { engineName, priorityName } from '../kit/names.ts'
import { dueText, type Viewer } from '../kit/when.ts'
import { menuTap } from './callbacks.ts'

/** The possible meanings of shorthand that wasn't understood. */
const suggestionKinds = ['priority', 'engine', 'label', 'due', 'project', 'new-project'] as const
export type SuggestionKind = (typeof suggestionKinds)[number]
/** Replaces shorthand in a title, found by its hash, with a suggested meaning. */
export const suggestTap = defineButton('suggest', 't', {
  key: field.taskKey,
  mark: field.text,
  kind: field.named(suggestionKinds),
  value: field.text,
})

/** Shorthand that wasn't understood, with a suggested meaning. */
export interface Suggested extends QuickAddProblem {
  readonly suggestion: Suggestion
}

const maxLabel = 24

/** Builds the button that accepts a suggestion. */
export function suggestionButton(task: Task, { token, suggestion }: Suggested, viewer: Viewer): Button {
  const { key } = task
  const take = (label: string, kind: SuggestionKind, value = '') =>
    button(label, suggestTap, { key, mark: markOf(token), kind, value })
  switch (suggestion.kind) {
    case 'priority':
      return take(`${priorityName[suggestion.priority]}?`, 'priority', suggestion.priority)
    case 'engine':
      return take(`${engineName[suggestion.engine]}?`, 'engine', suggestion.engine)
    case 'label':
      return take(`#${shorten(suggestion.name, maxLabel)}?`, 'label')
    case 'due': {
      const minutes = Math.floor(suggestion.at.getTime() / minuteMs).toString(36)
      return take(`${dueText(suggestion.at, viewer.now, viewer.timeZone)}?`, 'due', minutes)
    }
    case 'project':
      return take(`Project ${suggestion.key}?`, 'project', suggestion.key)
    case 'new-project':
      return take(`Create project ${suggestion.key}`, 'new-project', suggestion.key)
    case 'any-due':
      return button('Set a date', menuTap, { on: 'card', key, menu: 'due', page: 0 })
  }
}
