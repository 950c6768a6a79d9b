import { byId, el } from '../kit/dom.js'

/** Creates the reply keyboard; pressing a key sends its text. */
export function createProposals(sendText) {
  const box = byId('reply-keys')
  let used

  return {
    /** @param {{ message_id: number, prompt?: object } | undefined} message the newest one that sets or removes the keyboard */
    draw(message) {
      const rows = message?.message_id === used ? undefined : message?.prompt?.keyboard
      box.hidden = !rows
      const press = (text) => () => {
        if (message.prompt.one_time_keyboard) {
          used = message.message_id
          box.hidden = true
        }
        sendText(text)
      }
      const toKey = (button) => {
        const text = typeof button === 'string' ? button : button.text
        return el('button', { type: 'button', class: ['key', button.style], onclick: press(text) }, text)
      }
      box.replaceChildren(...(rows ?? []).map((row) => el('div', { class: 'row' }, ...row.map(toKey))))
    },
  }
}
