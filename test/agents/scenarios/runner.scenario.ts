import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runs } from '../../../src/db/schema.ts'
import { processesOf } from '../../../src/runner/process/group.ts'
import { git } from '../../runner/support/runner.ts'
import { addTasks } from '../../support/chat.ts'
import type { Step } from '../model/format.ts'
import type { Decision } from '../model/model.ts'
import { claude } from '../programs/claude.ts'
import { codex } from '../programs/codex.ts'
import { gemini } from '../programs/gemini.ts'
import type { Program } from '../programs/program.ts'
import { programs, useStage } from '../stage.ts'

const stage = useStage()
const wait = { within: 40_000 }
const command = "echo Hi > page.txt && git add page.txt && git commit --quiet --message='Fix it'"
const commit: Readonly<Record<string, Step>> = {
  [claude.name]: { tool: 'Bash', args: { command, description: 'Commit the page' } },
  [codex.name]: {
    tool: 'exec_command',
    args: { cmd: command, sandbox_permissions: 'require_escalated', justification: 'Commit the page' },
  },
  [gemini.name]: { tool: 'run_shell_command', args: { command, description: 'Commit the page' } },
}
const look: Step = { tool: 'preq_get_task', args: { taskId: 'WEB-1' } }
const complete: Step = {
  tool: 'preq_complete_task',
  args: { taskId: 'WEB-1', summary: 'The login works again.' },
}

/** Starts a runner, and queues WEB-1 in the chat for the program. */
async function queue(program: Program, steps: readonly (Step | Decision)[]) {
  const { bot, model, connect } = stage()
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo', engine: program.engine }])
  model.script('Fix the login', steps)
  const agent = await connect(program, { token: null })
  await agent.startRunner()
  bot.user.sendText('/task WEB-1')
  const card = await bot.user.nextMessage('Fix the login')
  bot.user.tap('Queue', card)
  return { bot, model, card, agent }
}

/** A step that waits until the owner has done something while the program works. */
function whileWorking() {
  let arrive = () => {}
  let goOn = () => {}
  const atWork = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const isFree = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const step: Decision = async () => {
    arrive()
    await isFree
    return look
  }
  return { step, atWork, goOn }
}

describe.each(programs)('$name', (program) => {
  test('is started by Queue, asks for a permission, commits on its branch, and is accepted', async () => {
    const { bot, agent } = await queue(program, [commit[program.name] as Step, complete])

    const asked = await bot.user.nextMessage('git commit', wait)
    expect(asked.text).toContain(`${program.name} on mac wants permission`)
    bot.user.tap('Allow', asked)
    const ready = await bot.user.nextMessage('The login works again.', wait)
    const shown = () => bot.user.current(ready)?.text
    await expect.poll(shown).toMatch(/1 file\n.*task\/web-1\/fix-the-login from main/)
    bot.user.tap('Accept', ready)
    await bot.user.nextEdit('Done', wait)

    const { repository } = agent
    const worktree = join(repository, '../worktrees/WEB/web-1')
    expect(git(worktree, 'log', '--format=%s', 'task/web-1/fix-the-login')).toBe('Fix it\nStart')
    expect(git(repository, 'status', '--porcelain', '--branch')).toBe('## main')
  })

  test('hears a reply through the runner while it works', async () => {
    const { step, atWork, goOn } = whileWorking()
    const { bot, model, card } = await queue(program, [step, complete])
    await atWork

    bot.user.reply(card, 'Use the left one.')
    await bot.user.nextEdit(`${program.name} on mac heard it`, wait)
    goOn()

    await bot.user.nextMessage('The login works again.', wait)
    expect(model.requests[0]?.raw).not.toContain('Use the left one.')
    expect(model.requests.at(-1)?.raw).toContain('Use the left one.')
  })

  test('is ended by Stop in the chat', async () => {
    const { step, atWork } = whileWorking()
    const { bot, card } = await queue(program, [step])
    await atWork
    await bot.user.nextEdit('is working on it', wait)

    bot.user.tap('Stop', card)

    await bot.user.nextEdit(`${program.name} on mac has stopped`, { within: 12_000 })
    const [run] = await bot.db.select().from(runs)
    expect(await processesOf(run?.id ?? '', null)).toEqual([])
  })
})
