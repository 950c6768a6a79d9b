import { statSync } from 'node:fs'
import { createToken } from '../../src/domain/access/tokens.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { writeBlock } from '../blocks.ts'
import { createSceneClock } from './clock.ts'
import { openFilm } from './film.ts'
import { openStage } from './stage.ts'

const path = 'docs/pictures/loop.gif'
const maxBytes = 2_000_000
const title = 'Fix the login redirect'
const options = ['Start page', 'Login page']
const alt =
  'A task is captured and queued, Claude Code claims it and asks a question, the owner taps an answer, Claude Code finishes, the owner accepts.'

/** Films one task from capture to Accept in the playground, writes the GIF and puts it into the README. */
export async function filmLoop(): Promise<void> {
  const clock = createSceneClock('2026-11-27', '08:00')
  const stage = await openStage(clock.now)
  const owner = stage.ownerAt(clock.now)
  await stage.bind()
  await createProject(owner, { key: 'WEB', name: 'Web shop', repoUrl: 'https://github.com/ada/web-shop' })
  const { token } = await createToken(owner, { name: 'Claude Code' })
  const agent = async (method: string, route: string, body: object) => {
    const response = await fetch(`${stage.apiUrl}/api/tasks/${route}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (response.status !== 200) throw new Error(`${route}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { task: { task_key: string } }
  }
  const claim = () => agent('POST', 'claim', { engine: 'claude-code' })
  stage.user.sendText('/start')
  await stage.user.nextMessage(undefined, { within: 60_000 })
  const film = await openFilm(stage.pageUrl, clock.now())
  try {
    await film.caption('Capture a thought')
    await film.hold(500)
    await film.change(() => film.send(`${title} !high`), /WEB-1\b/)
    await film.hold(1_100)

    await film.caption('Hand it to an agent')
    await film.change(() => film.tap('Queue'), /queued/i)
    await film.hold(1_000)

    clock.at('08:01')
    await film.caption('Claude Code claims it')
    let key = ''
    await film.change(async () => {
      key = (await claim()).task.task_key
    }, /working/i)
    await film.hold(1_200)

    clock.at('08:05')
    await film.caption('It asks when it is blocked')
    const reason = 'Where should a signed-out user land?'
    await film.change(
      () => agent('PATCH', key, { lifecycle_action: 'block', result: { reason, options } }),
      /signed-out user/,
    )
    await film.hold(2_000)

    await film.caption('One tap answers')
    await film.change(() => film.tap(options[0] ?? ''), /answered|queued/i)
    await film.hold(1_300)

    clock.at('08:06')
    await film.caption('Claude Code goes on')
    await film.change(claim, /working/i)
    await film.hold(900)

    clock.at('08:14')
    await film.caption('The work is ready')
    const result = {
      summary: 'Sign-out clears the session first, then lands on the start page.',
      tests: '148 passed, 2 new',
      pr_url: 'https://github.com/ada/web-shop/pull/52',
    }
    await film.change(() => agent('PATCH', key, { lifecycle_action: 'complete', result }), /Sign-out clears/)
    await film.hold(2_000)

    await film.caption('Accept it')
    await film.change(() => film.tap('Accept'), /done|accepted/i)
    await film.hold(2_200)

    const ms = await film.write(path)
    const bytes = statSync(path).size
    process.stdout.write(`${path}: ${Math.round(bytes / 1_000)} kB, ${(ms / 1_000).toFixed(1)} s\n`)
    if (bytes > maxBytes) throw new Error(`${path} is larger than ${maxBytes / 1_000_000} MB.`)
    writeBlock('README.md', 'loop', `<img src="${path}" width="300" align="right" alt="${alt}">`)
  } finally {
    await film.close()
    await stage.close()
  }
}
