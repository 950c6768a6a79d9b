import { doesAct, toScreen } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { bold, code, html, joinHtml, quote } from './html.ts'

const tokens = [
  ['WEB: …', 'or', '+web', 'the project'],
  ['#backend', '', '', 'a label'],
  ['!high', 'or', '!!', 'priority; !! is the highest'],
  ['@codex', '', '', 'the engine'],
  ['^fri', 'or', '^in 3 days', 'due date'],
  ['*', '', '', 'focus today'],
] as const

/** How to write a task, and every command. */
export function helpCard(
  commands: readonly { readonly command: string; readonly usage: string; readonly description: string }[],
): Card {
  const list = commands.map(
    ({ command, usage, description }) => html`/${command}${usage !== '' && ` ${usage}`} · ${description}`,
  )
  const shorthand = tokens.map(
    ([token, or, other, means]) =>
      html`${code(token)}${or !== '' && ` ${or} `}${other !== '' && code(other)} · ${means}`,
  )
  return {
    text: joinHtml(
      [
        html`💡 ${bold('Write anything and it becomes a task.')} Reply to a task to comment on it; agents read that.`,
        joinHtml(
          [
            bold('Shorthand'),
            ...shorthand,
            html`Further lines are the note, ${code('- [ ] …')} lines are acceptance criteria. ${code('\\')} before a sign makes it plain text.`,
          ],
          '\n',
        ),
        joinHtml([bold('Commands'), quote(joinHtml(list, '\n'), { expandable: true })], '\n'),
      ],
      '\n\n',
    ),
    keyboard: keyboard([[toScreen('🔑 Connect an agent', 'new-token')], [toScreen('🏠 Home', 'home')]]),
  }
}

/** The answer to /cancel, after what it has ended. */
export function cancelAnswer(ended: 'set-up' | 'new-project' | 'question' | null): Card {
  if (ended === null) return { text: html`There is nothing to cancel.` }
  return {
    text: html`Cancelled.${ended === 'set-up' && ' /start goes on with the set-up where it was.'}`,
  }
}

/** Asks what the new task is, and says where it will go. */
export function newTaskCard(projects: readonly string[], project: string): Card {
  const others =
    projects.length < 2
      ? []
      : projects
          .slice(0, 8)
          .map((key) => doesAct(key === project ? `✓ ${key}` : key, { name: 'new-in', about: key }))
  return {
    text: html`📥 ${bold('What is to be done?')}${projects.length > 1 && html` It goes to ${bold(project)}.`}`,
    keyboard: keyboard([others.slice(0, 4), others.slice(4), [{ label: 'Cancel', does: { do: 'cancel' } }]]),
    asks: true,
  }
}
