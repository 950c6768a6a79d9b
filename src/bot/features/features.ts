import { answersOf, type Feature, suggestionsOf } from '../kit/feature.ts'
import { board } from './lists/board.ts'
import { digest } from './lists/digest.ts'
import { answerDigest } from './lists/digest-replies.ts'
import { due } from './lists/due.ts'
import { focus } from './lists/focus.ts'
import { inbox } from './lists/inbox.ts'
import { lanes } from './lists/lanes.ts'
import { search } from './lists/search.ts'
import { staleRuns } from './lists/stale-runs.ts'
import { tasks } from './lists/tasks.ts'
import { projectTopics } from './projects/project-topics.ts'
import { projects } from './projects/projects.ts'
import { log } from './replies/log.ts'
import { prompts } from './replies/prompts.ts'
import { replies } from './replies/replies.ts'
import { auditLog } from './reports/audit-log.ts'
import { exports } from './reports/export.ts'
import { stats } from './reports/stats.ts'
import { agents } from './settings/agents.ts'
import { presence } from './settings/presence.ts'
import { settings } from './settings/settings.ts'
import { tokens } from './settings/tokens.ts'
import { commandMenu, help } from './system/command-menu.ts'
import { doctor } from './system/doctor.ts'
import { fallback } from './system/fallback.ts'
import { start } from './system/start.ts'
import { undo } from './system/undo.ts'
import { capture } from './tasks/capture.ts'
import { capturedEdits } from './tasks/captured-edits.ts'
import { files } from './tasks/files.ts'
import { handoffs } from './tasks/handoffs.ts'
import { history } from './tasks/history.ts'
import { inline } from './tasks/inline.ts'
import { labels } from './tasks/labels.ts'
import { later } from './tasks/later.ts'
import { newTask } from './tasks/new.ts'
import { suggestions } from './tasks/suggestions.ts'
import { task } from './tasks/task.ts'
import { taskActions } from './tasks/task-actions.ts'
import { taskQuestions } from './tasks/task-questions.ts'
import { words } from './tasks/words.ts'

/** Returns the features in the order in which an update meets them; the last ones take what's left. */
export function features(): Feature[] {
  const first = [
    commandMenu(),
    presence(),
    start(),
    newTask(),
    inbox(),
    taskActions(),
    handoffs(),
    taskQuestions(),
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
    auditLog(),
    doctor(),
    exports(),
  ]
  const answers = answersOf(first)
  return [
    ...first,
    prompts(answers),
    replies(answers, answerDigest),
    words(),
    fallback(suggestionsOf(first)),
    capturedEdits(),
    capture(),
  ]
}
