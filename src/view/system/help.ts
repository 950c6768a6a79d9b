import { button } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, code, html, joinHtml, quote, shorten } from '../kit/html.ts'
import { cancelTap, homeScreen, newTokenScreen } from '../kit/links.ts'
import { signs } from '../kit/signs.ts'

/** Changes the project of the task that's asked for. */
export const newTaskProjectTap = defineAct('new-in', { projectKey: field.text })

const tokens = [
  ['WEB: …', 'or', '+web', 'project'],
  ['#backend', '', '', 'label'],
  ['!high', 'or', '!!', 'priority (!! = highest)'],
  ['@codex', '', '', 'engine'],
  ['^fri', 'or', '^in 3 days', 'due date'],
  ['*', '', '', 'focus today'],
] as const

const wordExamples = [
  ['WEB-2', 'opens the task'],
  ['WEB-2 done', 'also todo, hold, drop, reopen, stop, focus'],
  ['queue WEB-2 WEB-3', 'hands them to an agent'],
  ['WEB-2 !high ^fri @codex', 'changes it'],
] as const

/** Explains the shorthand and lists every command. */
export function helpCard(
  commands: readonly { readonly command: string; readonly usage?: string; readonly description: string }[],
): Card {
  const list = commands.map(
    ({ command, usage, description }) => html`/${command}${usage && ` ${usage}`} · ${description}`,
  )
  const shorthand = tokens.map(
    ([token, or, other, means]) =>
      html`${code(token)}${or !== '' && ` ${or} `}${other !== '' && code(other)} · ${means}`,
  )
  return {
    text: joinHtml(
      [
        html`${bold('Anything you write becomes a task.')} Reply to a task to comment – agents see it.`,
        joinHtml(
          [
            bold('Shorthand'),
            ...shorthand,
            html`Extra lines become the note; ${code('- [ ]')} lines become acceptance criteria. Use ${code('\\')} to escape.`,
          ],
          '\n',
        ),
        joinHtml(
          [
            bold('Words instead of taps'),
            ...wordExamples.map(([words, means]) => html`${code(words)} · ${means}`),
          ],
          '\n',
        ),
        joinHtml([bold('Commands'), quote(joinHtml(list, '\n'), { expandable: true })], '\n'),
      ],
      '\n\n',
    ),
    keyboard: keyboard([
      [button(`${signs.connect} Connect an agent`, newTokenScreen, { agent: '' })],
      [button(`${signs.home} Home`, homeScreen)],
    ]),
  }
}

/** Suggests the nearest command with the same words. `data` is the callback data that does the same, if any. */
export function unknownCommandCard(nearest: string | null, words = '', data: string | null = null): Card {
  if (nearest === null) return { text: html`Unknown command. See /help.` }
  if (words === '') return { text: html`Unknown command. Did you mean /${nearest}?` }
  const command = shorten(`/${nearest} ${words.replace(/\s+/g, ' ')}`, 200)
  const label = shorten(command, 40)
  return {
    text: html`Unknown command. Did you mean ${code(command)}?`,
    keyboard: keyboard([[data === null ? { label: `Copy ${label}`, copies: command } : { label, data }]]),
  }
}

/** Answers /cancel with what was canceled. */
export function cancelAnswer(ended: 'set-up' | 'new-project' | 'question' | null): Card {
  if (ended === null) return { text: html`Nothing to cancel.` }
  return {
    text: html`Canceled.${ended === 'set-up' && ' Send /start to finish setup.'}`,
  }
}

/** Asks for a new task and shows which project it goes to. */
export function newTaskCard(projects: readonly string[], project: string): Card {
  const others =
    projects.length < 2
      ? []
      : projects
          .slice(0, 8)
          .map((key) =>
            button(key === project ? `${signs.chosen} ${key}` : key, newTaskProjectTap, { projectKey: key }),
          )
  return {
    text: html`${bold('What needs doing?')}${projects.length > 1 && html` It goes to ${bold(project)}.`}`,
    keyboard: keyboard([others.slice(0, 4), others.slice(4), [button('Cancel', cancelTap)]]),
    asks: true,
  }
}

/** For an edited command that has already run as first sent. */
export function commandDoneCard(): Card {
  return { text: html`I already did this as you first sent it. /undo takes it back; then send it again.` }
}

/** For an edit that came too late to run a command. */
export function commandTooLateCard(): Card {
  return { text: html`An edit only runs a command on your newest message, within 5 minutes. Send it again.` }
}

/** For a command addressed to another bot. */
export function otherBotCard(name: string): Card {
  return { text: html`That command is for ${code(`@${name}`)}, not for me.` }
}
