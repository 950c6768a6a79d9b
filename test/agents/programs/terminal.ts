import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Connected, Home } from './program.ts'
import { environmentOf } from './start.ts'

/** A program's interactive screen, in a separate tmux server. */
export interface Terminal {
  /** The text of the screen and of what has scrolled away. */
  readonly screen: () => string
  /** Waits until the screen has a text. Throws with the screen after `within` milliseconds, 30,000 by default. */
  readonly shows: (text: string | RegExp, within?: number) => Promise<void>
  /** Types a text, waits until it is on the screen, and presses Enter. */
  readonly enter: (text: string) => Promise<void>
  /** Presses keys by tmux's names, e.g. `Escape`, `Down`. */
  readonly press: (...keys: readonly string[]) => void
  /** Waits for a dialog with a text, and presses a key until it is gone: it ignores keys at first. */
  readonly answer: (dialog: string, key: string) => Promise<void>
  readonly close: () => void
}

const lookEveryMs = 50
const pressEveryMs = 1_000
const columns = 160
const rows = 50

/** Opens a program's screen in its repository. */
export function openTerminal(home: Home, connected: Connected): Terminal {
  const env = environmentOf(home, connected)
  const socket = join(home.folder, 'tmux')
  const tmux = (...args: readonly string[]): string => {
    const { status, stdout, stderr, error } = spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      cwd: home.repository,
      env,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${error?.message ?? stderr}`)
    return stdout
  }
  // The screen stays readable after the program ends.
  const keep = ['set-option', '-g', 'remain-on-exit', 'on', ';']
  const size = ['-x', String(columns), '-y', String(rows)]
  tmux(
    'start-server',
    ';',
    ...keep,
    'new-session',
    '-d',
    ...size,
    ...connected.file,
    ...connected.interactive,
  )

  const screen = () => tmux('capture-pane', '-p', '-J', '-S', '-500').trimEnd()
  const isThere = (text: string | RegExp) =>
    typeof text === 'string' ? screen().includes(text) : text.test(screen())
  const shows: Terminal['shows'] = async (text, within = 30_000) => {
    const end = performance.now() + within
    while (!isThere(text)) {
      if (performance.now() > end) throw new Error(`The screen doesn't show ${text}:\n${screen()}`)
      await pause(lookEveryMs)
    }
  }
  return {
    screen,
    shows,
    enter: async (text) => {
      tmux('send-keys', '-l', text)
      await shows(text)
      tmux('send-keys', 'Enter')
    },
    press: (...keys) => void tmux('send-keys', ...keys),
    answer: async (dialog, key) => {
      await shows(dialog)
      while (isThere(dialog)) {
        tmux('send-keys', key)
        await pause(pressEveryMs)
      }
    },
    close: () => {
      // Closing the terminal would let it finish its files while its home is deleted.
      const pid = Number(tmux('display-message', '-p', '#{pane_pid}'))
      if (tmux('display-message', '-p', '#{pane_dead}').trim() === '0') process.kill(-pid, 'SIGKILL')
      tmux('kill-server')
    },
  }
}
