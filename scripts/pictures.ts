import { statSync } from 'node:fs'
import { createToken } from '../src/domain/access/tokens.ts'
import { createProject } from '../src/domain/projects/create.ts'
import { changeSettings } from '../src/domain/settings/settings.ts'
import { openCamera, type Shot, type View, views } from './pictures/camera.ts'
import { createSceneClock } from './pictures/clock.ts'
import { playHistory } from './pictures/history.ts'
import { filmLoop } from './pictures/loop.ts'
import { openStage, setupCode } from './pictures/stage.ts'

// Plays scenes in the playground for the README: a film of one task and pictures of a morning. With a folder and a view
// (npm run pictures -- FOLDER desktop-dark), it captures every screen into that folder instead.

const [folder, view = 'phone'] = process.argv.slice(2)
if (!(view in views)) throw new Error(`There is no view ${view}, only ${Object.keys(views).join(', ')}.`)
if (folder === undefined) await filmLoop()
const clock = createSceneClock('2026-11-27', '08:00')
const stage = await openStage(clock.now)
const { user } = stage
const camera = await openCamera(stage.pageUrl, { view: view as View, now: clock.now() })
const owner = stage.ownerAt(clock.now)

/** Captures a screen into the folder; without a folder, only the README's screens. */
async function show(name: string, inReadme = false, shot?: Shot): Promise<void> {
  if (folder === undefined && !inReadme) return
  const path = `${folder ?? 'docs/pictures'}/${name}.png`
  await camera.shoot(path, shot)
  process.stdout.write(`${path}: ${Math.round(statSync(path).size / 1000)} kB\n`)
}

// Generous, for a busy machine.
const within = 60_000
const nextMessage = (match?: string) => user.nextMessage(match, { within })
const nextEdit = (match?: string) => user.nextEdit(match, { within })
const nextPost = () => user.nextPost(undefined, { within })

async function sendText(text: string, answer?: string): Promise<void> {
  user.sendText(text)
  await nextMessage(answer)
}

/** Waits until the bot is idle, because Telegram refuses late answers to taps, then moves the clock. */
async function later(time: string): Promise<void> {
  await user.settled({ within })
  clock.at(time)
}

async function agent(token: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${stage.apiUrl}${path}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
}

/** Returns the key of the task that the bot showed with a title. */
function keyOf(title: string): string {
  const key = user
    .messages()
    .map(({ text = '' }) => new RegExp(`(\\w+-\\d+) ${title}`).exec(text)?.[1])
    .find((found) => found !== undefined)
  if (key === undefined) throw new Error(`No task was shown under “${title}”.`)
  return key
}

/** Opens a screen by command, then each screen behind its buttons and back. */
async function walk(name: string, command: string, buttons: readonly string[] = []): Promise<void> {
  await sendText(command)
  await show(name)
  for (const button of buttons) {
    user.tap(button)
    await nextPost()
    await show(`${name}-${button.replace(/\W+/g, '-').replace(/^-|-$/g, '').toLowerCase()}`)
    await sendText(command)
  }
}

async function showTheRest(key: string): Promise<void> {
  await walk('home', '/start')
  await walk('tasks', '/tasks')
  await walk('board', '/board', ['📋 Todo', 'Archive 8'])
  await walk('focus', '/focus', ['Add'])
  await walk('due', '/due')
  await walk('log', '/log')
  await walk('search', '/search price')
  await walk('agents', '/agents', ['Codex', 'Connect an agent'])
  await walk('projects', '/projects', ['WEB', 'New project'])
  await sendText('/projects WEB')
  for (const button of ['Edit', 'Delivery', 'Status']) {
    user.tap(button)
    await nextEdit()
    await show(`project-${button.toLowerCase()}`)
    user.tap('Back')
    await nextEdit()
  }
  await walk('labels', '/labels', ['auth'])
  await walk('stats-week', '/stats week', ['Year'])
  await walk('settings', '/settings', [
    'Berlin',
    'Digest',
    'Quiet',
    'Notifications',
    'Mute',
    'New tasks',
    'Advanced',
  ])
  await walk('audit', '/audit')
  await walk('audit-task', `/audit ${key}`)
  await walk('security', '/security')
  await walk('doctor', '/doctor')
  await walk('undo', '/undo')
  await walk('help', '/help')
  await walk('unknown', '/stat')
  await walk('new', '/new')
  await walk('cancel', '/cancel')
  await walk('export', '/export')
  await sendText(key)
  user.tap('More')
  await nextEdit()
  user.tap('History')
  await nextEdit()
  await show('history')
}

/** Goes through the setup dialog and deletes the sample task. */
async function showSetup(): Promise<void> {
  await show('start')
  user.open(setupCode)
  await nextMessage("What's your time zone?")
  await show('set-up')
  user.tap('Berlin')
  await nextMessage('first project')
  user.sendText('ada/website')
  await nextMessage('WEBS-1')
  await show('set-up-key')
  user.sendText('WEB')
  await nextMessage('WEB-1')
  user.tap('OK')
  await nextMessage('Website is ready')
  await show('set-up-done')
  await sendText('WEB-1', 'WEB-1')
  user.tap('More')
  await nextEdit()
  user.tap('Delete')
  await nextEdit('Delete')
  user.tap('Delete')
  await nextEdit('deleted')
  await show('deleted')
}

/** Opens each menu of a task's card and goes back. */
async function showMenus(key: string): Promise<void> {
  await sendText(key, key)
  for (const path of [
    ['Edit'],
    ['Edit', 'Priority'],
    ['Edit', 'Labels'],
    ['Edit', 'Engine'],
    ['Edit', 'Due'],
    ['More'],
  ]) {
    for (const menu of path) {
      user.tap(menu)
      await nextEdit()
    }
    await show(`card-${path.at(-1)?.toLowerCase()}`)
    user.tap('Back')
    await nextEdit()
  }
}

try {
  if (folder === undefined) {
    await stage.bind()
    await createProject(owner, { key: 'WEB', name: 'Website', repoUrl: 'https://github.com/ada/website' })
  } else await showSetup()

  await createProject(owner, { key: 'API', name: 'Backend', repoUrl: 'https://github.com/ada/backend' })
  await changeSettings(owner, { digestTime: '18:00' })
  await playHistory(stage, clock.now(), 40)
  const claude = (await createToken(owner, { name: 'Claude Code' })).token
  const codex = (await createToken(owner, { name: 'Codex' })).token

  await later('08:12')
  await sendText(
    'WEB: Fix the login redirect after sign-out #auth !high @codex ^today 17:00\nHappens on Safari only, see the trace.\n- [ ] Sign-out lands on the start page\n- [ ] A test covers it',
    'Fix the login',
  )
  await show('capture')
  for (const text of [
    'API: Cache the price list #perf @claude',
    'WEB: Dark mode for the editor #ui',
    'API: Rotate the signing keys !! ^tomorrow *',
    'WEB: Try the new search',
  ])
    await sendText(text, text.slice(5, 15))
  await show('card')
  if (folder !== undefined) await showMenus(keyOf('Try the new search'))
  await later('08:14')
  await sendText('/inbox', 'Inbox')
  await show('deck', true)
  for (const _ of [1, 2, 3]) {
    user.tap('Todo')
    await nextEdit()
  }
  await show('deck-2')
  user.tap('Todo')
  await nextEdit()
  user.tap('Skip')
  await nextEdit()
  await show('deck-end')

  const first = keyOf('Fix the login')
  const second = keyOf('Cache the price')
  await later('08:20')
  await agent(claude, `/api/tasks/${second}`, { lifecycle_action: 'start', engine: 'claude-code' })
  await agent(codex, `/api/tasks/${first}`, { lifecycle_action: 'start', engine: 'codex' })
  await later('08:31')
  await agent(claude, `/api/tasks/${second}`, {
    lifecycle_action: 'block',
    result: {
      blocked_reason:
        'The price list has **two** sources.\n\n- `prices.json` in the repository\n- the `prices` table\n\nWhich one is the truth?',
    },
  })
  await nextMessage('Which one is the truth')
  await show('blocked')
  if (folder !== undefined) {
    user.tap('Answer')
    await nextMessage('What should I tell the agent')
    await show('answer')
    user.tap('Cancel')
  }
  await later('08:40')
  await agent(codex, `/api/tasks/${first}`, {
    lifecycle_action: 'complete',
    result: {
      summary: [
        'Sign-out now clears the session cookie *before* it redirects, so Safari no longer goes back to the old page.',
        '| Browser | Before | Now |\n|---|---|---|\n| Safari | old page | start |\n| Firefox | start | start |',
        '```ts\nawait session.clear()\nreturn redirect("/")\n```',
      ].join('\n\n'),
      tests: '148 passed, 2 new',
      checks: 'lint, types',
      pr_url: 'https://github.com/ada/website/pull/52',
    },
  })
  await nextMessage('Sign-out now clears')
  await show('ready', true, { onlyNewest: true })

  await later('08:45')
  await sendText('/digest')
  await show('digest', true)
  await sendText('/stats month')
  await show('stats', true)
  if (folder !== undefined) await showTheRest(first)
} finally {
  await camera.close()
  await stage.close()
}
