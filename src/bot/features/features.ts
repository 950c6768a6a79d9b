import { cancelCommand } from '../dialogs/dialogs.ts'
import { type ChatCommand, sortCommands } from '../kit/commands.ts'
import { answersOf, type Feature, repliesOf } from '../kit/feature.ts'
import * as list from './list.ts'
import { prompts } from './replies/prompts.ts'
import { replies } from './replies/replies.ts'
import { presence } from './settings/presence.ts'
import { commandMenu } from './system/command-menu.ts'
import { fallback } from './system/fallback.ts'
import { capture } from './tasks/capture.ts'
import { capturedEdits } from './tasks/captured-edits.ts'
import { words } from './tasks/words.ts'

/** Returns the features in the order in which an update passes them. The last ones take what no other feature handled. */
export function features(): Feature[] {
  const listed = Object.values(list).map((create) => create())
  const answers = answersOf(listed)
  return [
    commandMenu(),
    presence(),
    ...listed,
    prompts(answers),
    replies(answers, repliesOf(listed)),
    words(),
    fallback(),
    capturedEdits(),
    capture(),
  ]
}

/** Returns all commands, in the order of /help. */
export function commandsOf(served: readonly Feature[]): ChatCommand[] {
  return sortCommands([...served.flatMap(({ commands }) => commands), cancelCommand])
}
