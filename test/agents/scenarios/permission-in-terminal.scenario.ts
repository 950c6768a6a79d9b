import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { claude } from '../programs/claude.ts'
import { useStage } from '../stage.ts'
import { isEvent } from '../wire.ts'

const stage = useStage()

test('asks for a permission on its screen when the connection to the server breaks', async () => {
  const { model, wire, connect } = stage()
  model.script('Make the file.', [
    { tool: 'Bash', args: { command: 'touch made.txt', description: 'Make the file' } },
    { text: 'The file is there.' },
  ])
  const agent = await connect(claude, { hooks: true })
  const asked = wire.next(isEvent('PermissionRequest'))
  const terminal = agent.open()
  await terminal.shows('❯')
  await terminal.enter('Make the file.')
  await asked

  wire.cut()
  await terminal.answer('Do you want to proceed?', 'Enter')

  await terminal.shows('The file is there.')
  expect(existsSync(join(agent.repository, 'made.txt'))).toBe(true)
})
