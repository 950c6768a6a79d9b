import type { RunnerKind } from '../../domain/settings/setting-specs.ts'
import type { RunnerSettings } from '../../domain/settings/settings.ts'
import { button } from '../kit/buttons.ts'
import type { Button } from '../kit/card.ts'
import { bold, type Html, html, pre } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'
import { runnerLine, runnerName } from './runner.ts'
import { choice, type SettingChoices, settingTap, write } from './setting-choices.ts'

/** Picks the runner that gets queued tasks and its chat. A private chat can't include another bot. */
export function runnerChoices(runner: RunnerSettings, chatId: number | null): SettingChoices {
  const isPrivate = chatId === null || chatId > 0
  const here = isPrivate ? [] : [choice('This chat', 'runnerChat', '', runner.chat === null)]
  return {
    text: runnerText(runner, isPrivate),
    rows: [
      [runnerChoice('none', runner.kind), runnerChoice('hermes', runner.kind)],
      [runnerChoice('openclaw', runner.kind), runnerChoice('openclaw-skill', runner.kind)],
      ...(runner.kind === 'none'
        ? []
        : [
            [...here, write(chatLabel(runner, isPrivate), 'runner-chat')],
            [
              ...(runner.kind === 'hermes' ? [write(`${signs.write} Hermes bot`, 'runner-bot')] : []),
              ...(isPrivate && runner.chat === null
                ? []
                : [button('Send a test line', settingTap, { name: 'runnerTest', value: '' })]),
            ],
          ]),
    ],
  }
}

function chatLabel({ chat }: RunnerSettings, isPrivate: boolean): string {
  return isPrivate && chat === null ? `${signs.write} Set its chat` : `${signs.write} Another chat`
}

const sample = { key: 'WEB-1', status: 'todo', engine: 'claude-code', branch: 'task/web-1' } as const

function runnerText(runner: RunnerSettings, isPrivate: boolean): Html {
  const name = bold(runnerName[runner.kind])
  const line = runnerLine(sample, runner)
  if (line === null)
    return html`${signs.runner} No runner: queued tasks wait until an agent asks for one.\n\nOpenClaw or Hermes can watch a chat and start an agent right away.`
  if (isPrivate && runner.chat === null)
    return html`${signs.runner} ${name} can't be in this private chat. Set the group where it listens.`
  return html`${signs.runner} Queueing posts this to ${name} in ${runner.chat === null ? 'this chat' : bold(runner.chat)}:
${pre(line)}
If it can't be delivered, the task isn't queued. ${name}'s bot must be in that chat.`
}

function runnerChoice(kind: RunnerKind, current: RunnerKind): Button {
  return choice(kind === 'none' ? 'No runner' : runnerName[kind], 'runner', kind, kind === current)
}
