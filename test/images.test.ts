import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const dockerfile = read('Dockerfile')
const compose = read('compose.yaml')
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, match]) => match)

test('every image is named by its whole version, so that the same build uses the same one', () => {
  const images = [...found(dockerfile, /^FROM (\S+)/gm), ...found(compose, /^ +image: (\S+)/gm)]

  expect(images).toHaveLength(3)
  for (const image of images) expect(image).toMatch(/^(?:node:\d+\.\d+\.\d+|postgres:\d+\.\d+)-\w+/)
  expect(dockerfile).not.toContain('syntax=')
})

test.each(['preqbot', 'postgres'])('the service %s has no capabilities and a read-only disk', (name) => {
  const [service = ''] = new RegExp(`^  ${name}:\n(?: {4}.*\n|\n)+`, 'm').exec(compose) ?? []

  expect(service).toContain('read_only: true')
  expect(service).toContain('cap_drop: [ALL]')
  expect(service).toContain('security_opt: [no-new-privileges:true]')
})

test('the image runs without root, with its data closed to others, and says that it is a container', () => {
  expect(dockerfile).toMatch(/^USER node$/m)
  expect(dockerfile).toContain('mkdir --mode=700 /data')
  expect(dockerfile).toMatch(/^ENV .*HOST=0\.0\.0\.0 .*IN_CONTAINER=1$/m)
})
