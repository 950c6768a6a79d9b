import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi({ config: { rateLimit: 100, trustProxy: [], publicUrl: 'https://board.example.com' } })
})
afterAll(() => api.close())

const names = ['claude', 'codex', 'gemini'] as const
const mainFiles = {
  claude: '.claude-plugin/plugin.json',
  codex: 'plugins/preqbot/.codex-plugin/plugin.json',
  gemini: 'gemini-extension.json',
}

async function download(path: string, from: Pick<TestApi, 'app'> = api): Promise<Uint8Array> {
  const response = await from.app.request(path)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip'])
  return new Uint8Array(await response.arrayBuffer())
}

function filesIn(bytes: Uint8Array): Record<string, string> {
  return Object.fromEntries(Object.entries(unzipSync(bytes)).map(([path, file]) => [path, strFromU8(file)]))
}

test.each(names)(
  '%s.zip holds a plugin for the public URL, with the skill and without a token',
  async (name) => {
    const files = filesIn(await download(`/agents/${name}.zip`))

    const all = Object.values(files).join('\n')
    expect(JSON.parse(files[mainFiles[name]] ?? '')).toMatchObject({ name: 'preqbot' })
    for (const [path, file] of Object.entries(files))
      if (path.endsWith('.json')) expect(() => JSON.parse(file), path).not.toThrow()
    expect(all).toContain('https://board.example.com/mcp')
    expect(all).toContain('PREQBOT_TOKEN')
    expect(all).not.toMatch(/preq_[\w-]{20,}/)
    const skill = await (await api.app.request('/agents/SKILL.md')).text()
    expect(Object.entries(files).find(([path]) => path.endsWith('skills/preqbot/SKILL.md'))?.[1]).toBe(skill)
  },
)

test('without a public URL, a plugin is for the URL at which it is requested', async () => {
  const other = api.another({ config: { rateLimit: 100, trustProxy: [] } })
  const response = await other.app.request('http://10.0.0.5:3000/agents/claude.zip')
  const files = filesIn(new Uint8Array(await response.arrayBuffer()))
  expect(files['.mcp.json']).toContain('"http://10.0.0.5:3000/mcp"')
})

test.each(names)('%s.zip has the same bytes in every time zone', async (name) => {
  const script = `
    import { createHash } from 'node:crypto'
    import { buildPlugin } from './src/api/plugins/plugins.ts'
    console.log(createHash('sha256').update(buildPlugin('${name}', 'https://board.example.com')).digest('hex'))`
  const hashes = ['Pacific/Auckland', 'America/Los_Angeles'].map((zone) =>
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    }).trim(),
  )

  const here = createHash('sha256')
    .update(await download(`/agents/${name}.zip`))
    .digest('hex')
  expect(hashes).toEqual([here, here])
})

test('the marketplace names the zip, the skill has its front matter, and nothing else is there', async () => {
  const { body } = await api.call('GET', '/agents/marketplace.json', { token: null })
  const skill = await (await api.app.request('/agents/SKILL.md')).text()
  const statuses = await Promise.all(
    [
      ['GET', '/agents/cursor.zip'],
      ['GET', '/agents/../package.json'],
      ['POST', '/agents/claude.zip'],
    ].map(async ([method = '', path = '']) => (await api.app.request(path, { method })).status),
  )

  expect(body.plugins[0].source).toEqual({
    source: 'archive',
    url: 'https://board.example.com/agents/claude.zip',
  })
  expect(skill).toMatch(/^---\nname: preqbot\ndescription: .{1,400}\n---\n/)
  expect(statuses).toEqual([404, 404, 405])
})
