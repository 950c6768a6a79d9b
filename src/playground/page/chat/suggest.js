import { byId, el, icon } from '../kit/dom.js'
import { toSafeUrl } from './entities.js'

const INLINE_PAUSE_MS = 200

/**
 * Creates the list above the composer: commands after "/", inline results after "@bot query".
 * @param {{ input: HTMLTextAreaElement, getBot(): { username: string }, getCommands(): ReadonlyArray<object>,
 *   onCommand(command: string): void, onFill(text: string): void, onStart(payload: string): void,
 *   search(query: string, signal: AbortSignal): Promise<object>, onChoose(queryId: string, resultId: string): void }} options
 */
export function createSuggest(options) {
  const { input } = options
  const list = byId('suggest')
  let entries = []
  let active = -1
  let asking
  let pause
  let asked

  function show(next, label) {
    entries = next
    list.hidden = entries.length === 0
    list.setAttribute('aria-label', label)
    list.replaceChildren(...entries.map((entry) => entry.node))
    entries.forEach((entry, index) => {
      entry.node.id = `option-${index}`
      entry.node.addEventListener('pointerdown', (event) => event.preventDefault())
      entry.node.addEventListener('click', () => entry.run())
    })
    setActive(entries.length > 0 ? 0 : -1)
  }

  function setActive(index) {
    active = index
    for (const [at, entry] of entries.entries())
      entry.node.setAttribute('aria-selected', String(at === index))
    if (index < 0) input.removeAttribute('aria-activedescendant')
    else {
      input.setAttribute('aria-activedescendant', `option-${index}`)
      entries[index].node.scrollIntoView({ block: 'nearest' })
    }
  }

  function close() {
    clearTimeout(pause)
    asking?.abort()
    asked = undefined
    show([], '')
  }

  function showCommands(filter) {
    const found = options.getCommands().filter(({ command }) => command.startsWith(filter.toLowerCase()))
    const toEntry = ({ command, description }) => ({
      node: option(el('strong', {}, `/${command}`), el('span', { class: 'hint' }, description)),
      run: () => options.onCommand(`/${command}`),
      fill: () => options.onFill(`/${command} `),
    })
    show(found.map(toEntry), 'Commands')
  }

  function ask(query) {
    if (query === asked) return
    asked = query
    clearTimeout(pause)
    asking?.abort()
    asking = new AbortController()
    const { signal } = asking
    pause = setTimeout(async () => {
      try {
        const answer = await options.search(query, signal)
        if (!signal.aborted) showResults(answer)
      } catch (error) {
        if (!signal.aborted) show([note(error.message)], 'Results')
      }
    }, INLINE_PAUSE_MS)
  }

  function showResults({ queryId, results, button }) {
    const found = results.map((result) => ({
      node: option(
        el('strong', {}, result.title ?? result.id),
        el('span', { class: 'hint' }, result.description ?? ''),
        thumbnail(result),
      ),
      run: () => options.onChoose(queryId, result.id),
    }))
    if (button?.start_parameter !== undefined) {
      found.unshift({
        node: option(el('strong', { class: 'offer' }, button.text)),
        run: () => options.onStart(button.start_parameter),
      })
    }
    show(found.length > 0 ? found : [note('Nothing found')], 'Results')
  }

  return {
    close,
    isOpen: () => !list.hidden,
    /** Updates the list for the current input. */
    update() {
      const text = input.value
      const command = /^\/(\w*)$/.exec(text)
      const inline = new RegExp(`^@${options.getBot().username}\\s([^]*)$`, 'i').exec(text)
      if (inline) ask(inline[1].trim())
      else if (command) {
        asked = undefined
        showCommands(command[1])
      } else close()
    },
    toggleCommands() {
      if (list.hidden) showCommands('')
      else close()
    },
    /** Handles a key for the list; returns whether it did. */
    handleKey(event) {
      if (list.hidden) return false
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (step) setActive((active + step + entries.length) % entries.length)
      else if (event.key === 'Escape') close()
      else if (event.key === 'Enter' && !event.shiftKey && entries[active]?.run) entries[active].run()
      else if (event.key === 'Tab' && entries[active]?.fill) entries[active].fill()
      else return false
      event.preventDefault()
      event.stopPropagation()
      return true
    },
  }
}

function option(title, detail, picture) {
  const words = el('span', { class: 'option-text' }, title, detail)
  return el('div', { class: 'option', role: 'option', 'aria-selected': 'false' }, picture, words)
}

function note(text) {
  return { node: option(el('span', { class: 'hint' }, text)), run: () => undefined }
}

// External pictures aren't loaded: the page only contacts the playground.
function thumbnail(result) {
  const own = result.thumbnail_url && toSafeUrl(new URL(result.thumbnail_url, location.href).href)
  if (own?.origin === location.origin) return el('img', { class: 'thumbnail', src: own.href, alt: '' })
  return el('span', { class: 'thumbnail', 'aria-hidden': 'true' }, icon('check'))
}
