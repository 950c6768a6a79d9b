import { byId, el, icon } from '../kit/dom.js'
import { toSize } from './bubble.js'

const PHOTO_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']
const PHOTO_LIMIT = 10 * 1024 * 1024
const FILE_LIMIT = 50 * 1024 * 1024

/**
 * Manages the composer's attachments: chosen, dropped or pasted files.
 * @param {{ onChange(): void, onRefuse(reason: string): void }} options
 */
export function createAttachments({ onChange, onRefuse }) {
  const list = byId('attachments')
  const picker = byId('file')
  let files = []

  function add(added) {
    for (const file of added) {
      if (file.size > FILE_LIMIT) onRefuse(`${file.name} is larger than 50 MB`)
      else if (file.size === 0) onRefuse(`${file.name} is empty`)
      else files.push({ file, kind: isPhoto(file) ? 'photo' : 'document' })
    }
    draw()
  }

  function draw() {
    for (const image of list.querySelectorAll('img')) URL.revokeObjectURL(image.src)
    list.hidden = files.length === 0
    list.replaceChildren(...files.map(drawFile))
    onChange()
  }

  function drawFile(entry) {
    const { file, kind } = entry
    const remove = () => {
      files = files.filter((other) => other !== entry)
      draw()
    }
    const picture =
      kind === 'photo'
        ? el('img', { src: URL.createObjectURL(file), alt: '' })
        : el('span', { class: 'document-icon' }, icon('file'))
    return el(
      'li',
      {},
      picture,
      el('span', { class: 'document-name' }, file.name),
      el('span', { class: 'document-size' }, toSize(file.size)),
      el(
        'button',
        { type: 'button', class: 'round small', 'aria-label': `Remove ${file.name}`, onclick: remove },
        icon('close'),
      ),
    )
  }

  byId('attach').addEventListener('click', () => picker.click())
  picker.addEventListener('change', () => {
    add(picker.files)
    picker.value = ''
  })
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
  })
  document.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    add(event.dataTransfer.files)
  })
  document.addEventListener('paste', (event) => {
    if (!event.clipboardData?.files.length) return
    event.preventDefault()
    add(event.clipboardData.files)
  })

  return {
    isEmpty: () => files.length === 0,
    peek: () => [...files],
    /** Removes a file after it was sent. */
    drop(entry) {
      files = files.filter((other) => other !== entry)
      draw()
    },
  }
}

const isPhoto = (file) => PHOTO_TYPES.includes(file.type) && file.size <= PHOTO_LIMIT
