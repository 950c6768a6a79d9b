import type { RunnerKind } from '../domain/setting-specs.ts'
import type { RunnerSettings } from '../domain/settings.ts'
import type { Button } from './card.ts'
import { bold, type Html, html, pre } from './html.ts'
import { runnerLine, runnerName } from './runner.ts'
import { choice, type SettingChoices, write } from './setting-choices.ts'

/** Which runner is told of queued tasks, and where. */
export function runnerChoices(runner: RunnerSettings): SettingChoices {
  return {
    text: runnerText(runner),
    rows: [
      [runnerChoice('none', runner.kind), runnerChoice('hermes', runner.kind)],
      [runnerChoice('openclaw', runner.kind), runnerChoice('openclaw-skill', runner.kind)],
      runner.kind === 'none'
        ? []
        : [
            choice('This chat', 'runnerChat', '', runner.chat === null),
            write('✏️ Another chat', 'runner-chat'),
          ],
      runner.kind === 'hermes' ? [write('✏️ Hermes’ bot', 'runner-bot')] : [],
    ],
  }
}

const sample = { key: 'WEB-1', status: 'todo', engine: 'claude-code', branch: 'task/web-1' } as const

function runnerText(runner: RunnerSettings): Html {
  const line = runnerLine(sample, runner)
  if (line === null)
    return html`🏃 No runner. A queued task waits until an agent asks for it.\n\nA runner such as OpenClaw or Hermes listens in a chat and starts an agent at once.`
  return html`🏃 Queueing a task tells ${bold(runnerName[runner.kind])} in ${runner.chat === null ? 'this chat' : bold(runner.chat)}, with a line like
${pre(line)}
Only a line that arrived leaves the task queued. Its bot must be there too, and read what I write.`
}

function runnerChoice(kind: RunnerKind, current: RunnerKind): Button {
  return choice(kind === 'none' ? 'None' : runnerName[kind], 'runner', kind, kind === current)
}
