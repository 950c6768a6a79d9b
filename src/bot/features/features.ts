import type { Composer } from 'grammy'
import type { BotContext } from '../context.ts'
import { agents } from './agents.ts'
import { board } from './board.ts'
import { capture } from './capture.ts'
import { capturedEdits } from './captured-edits.ts'
import { commandMenu } from './command-menu.ts'
import { deck } from './deck.ts'
import { digest } from './digest.ts'
import { answerDigest } from './digest-replies.ts'
import { doctor } from './doctor.ts'
import { due } from './due.ts'
import { exports } from './export.ts'
import { fallback } from './fallback.ts'
import { files } from './files.ts'
import { focus } from './focus.ts'
import { help } from './help.ts'
import { history } from './history.ts'
import { inline } from './inline.ts'
import { labels } from './labels.ts'
import { lanes } from './lanes.ts'
import { later } from './later.ts'
import { log } from './log.ts'
import { newTask } from './new.ts'
import { presence } from './presence.ts'
import { projectTopics } from './project-topics.ts'
import { projects } from './projects.ts'
import { promptAnswers } from './prompt-answers.ts'
import { prompts } from './prompts.ts'
import { replies } from './replies.ts'
import { answerSearch, search } from './search.ts'
import { settings } from './settings.ts'
import { staleRuns } from './stale-runs.ts'
import { start } from './start.ts'
import { stats } from './stats.ts'
import { suggestions } from './suggestions.ts'
import { task } from './task.ts'
import { taskActions } from './task-actions.ts'
import { tasks } from './tasks.ts'
import { tokens } from './tokens.ts'
import { trails } from './trails.ts'
import { undo } from './undo.ts'
import { words } from './words.ts'

/** The features in the order in which an update meets them; the last one answers what nobody took. */
export function features(): Composer<BotContext>[] {
  return [
    commandMenu(),
    presence(),
    start(),
    newTask(),
    deck(),
    taskActions(),
    suggestions(),
    later(),
    task(),
    tasks(),
    board(),
    lanes(),
    focus(),
    due(),
    log(),
    history(),
    search(),
    files(),
    staleRuns(),
    undo(),
    inline(),
    stats(),
    projects(),
    projectTopics(),
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
    replies({ ...promptAnswers, search: (ctx, words) => answerSearch(ctx, words) }, answerDigest),
    words(),
    fallback(),
    capturedEdits(),
    capture(),
  ]
}
