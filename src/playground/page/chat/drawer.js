import { byId, el } from '../kit/dom.js'
import { closable } from '../kit/overlays.js'

/**
 * Creates the panel that switches the person and blocks the bot.
 * @param {{ onPerson(id: string): void, onBlock(blocked: boolean): void }} options
 */
export function createDrawer({ onPerson, onBlock }) {
  const drawer = byId('drawer')
  const people = byId('people')
  const block = byId('block')
  closable(drawer, byId('drawer-close'))
  for (const id of ['info', 'open-info']) byId(id).addEventListener('click', () => drawer.showModal())
  block.addEventListener('change', () => onBlock(block.checked))

  return (state) => {
    block.checked = state.chat.blocked
    people.replaceChildren(
      ...state.people.map((person) => {
        const radio = el('input', {
          type: 'radio',
          name: 'person',
          value: person.id,
          checked: person.id === state.person.id,
        })
        radio.addEventListener('change', () => onPerson(String(person.id)))
        return el('label', {}, radio, el('span', {}, person.owner ? 'You' : person.name))
      }),
    )
  }
}
