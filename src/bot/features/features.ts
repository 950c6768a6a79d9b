import type { Composer } from 'grammy'
import type { BotContext } from '../context.ts'
import { agents } from './agents.ts'
import { capture } from './capture.ts'
import { commandMenu } from './command-menu.ts'
import { deck } from './deck.ts'
import { digest } from './digest.ts'
import { doctor } from './doctor.ts'
import { exports } from './export.ts'
import { fallback } from './fallback.ts'
import { help } from './help.ts'
import { labels } from './labels.ts'
import { newTask } from './new.ts'
import { presence } from './presence.ts'
import { projects } from './projects.ts'
import { promptAnswers } from './prompt-answers.ts'
import { prompts } from './prompts.ts'
import { replies } from './replies.ts'
import { settings } from './settings.ts'
import { start } from './start.ts'
import { stats } from './stats.ts'
import { taskActions } from './task-actions.ts'
import { tokens } from './tokens.ts'
import { trails } from './trails.ts'

/** The features in the order in which an update meets them; the last one answers what nobody took. */
export function features(): Composer<BotContext>[] {
  return [
    commandMenu(),
    presence(),
    start(),
    newTask(),
    deck(),
    taskActions(),
    stats(),
    projects(),
    labels(),
    agents(),
    tokens(),
    settings(),
    digest(),
    help(),
    trails(),
    doctor(),
    exports(),
    prompts(),
    replies(promptAnswers, async () => {}),
    fallback(),
    capture(),
  ]
}
