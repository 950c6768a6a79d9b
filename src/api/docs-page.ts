import { html, raw } from 'hono/html'
import type { OpenApiDocument } from './openapi.ts'

type Operation = NonNullable<NonNullable<OpenApiDocument['paths']>[string]['get']>
const methods = ['get', 'post', 'patch', 'delete'] as const

/** The document as one page without scripts or anything from elsewhere. */
export function renderDocs(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation === undefined ? [] : [toSection(method, path, operation)]
    }),
  )
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) =>
      html`<details id="${name}"><summary><b>${name}</b></summary>${json(schema)}</details>`,
  )
  return String(html`<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${document.info.title}</title><style>${raw(style)}</style>
<main><h1>${document.info.title}</h1><p>${document.info.description ?? ''}</p>
<p>The same for machines: <a href="/api/openapi.json">/api/openapi.json</a></p>
${operations}<h2>Schemas</h2>${schemas}</main></html>`)
}

function toSection(method: string, path: string, operation: Operation) {
  const parameters = (operation.parameters ?? []).flatMap((parameter) =>
    'name' in parameter ? [parameter] : [],
  )
  const body =
    operation.requestBody && 'content' in operation.requestBody ? operation.requestBody.content : {}
  const answers = Object.entries(operation.responses ?? {}).map(
    ([status, answer]) =>
      html`<li><b>${status}</b> ${'description' in answer ? answer.description : ''}</li>`,
  )
  return html`<details><summary><code class="${method}">${method.toUpperCase()}</code> <code>${path}</code> ${operation.summary ?? ''}</summary>
<pre>${toCurl(method, path, operation)}</pre>
${parameters.map(
  (parameter) =>
    html`<h3><code>${parameter.name}</code> <small>${parameter.in}</small></h3>${json(parameter.schema)}`,
)}
${Object.values(body).map((content) => html`<h3>Body</h3>${json(content.schema)}`)}
<h3>Answers</h3><ul>${answers}</ul></details>`
}

/** A curl line that makes the request, its body to be filled in. */
function toCurl(
  method: string,
  path: string,
  operation: Pick<Operation, 'security' | 'requestBody'>,
): string {
  const parts = [
    `curl -s${method === 'get' ? '' : ` -X ${method.toUpperCase()}`}`,
    ...(operation.security === undefined ? [] : ['-H "Authorization: Bearer $PREQSTATION_TOKEN"']),
    ...(operation.requestBody === undefined ? [] : ['-H "Content-Type: application/json"', "-d '{…}'"]),
    `"$PREQSTATION_API_URL${path}"`,
  ]
  return parts.join(' ')
}

function json(value: unknown) {
  return html`<pre>${JSON.stringify(value, null, 2)}</pre>`
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 56rem; margin: 0 auto; padding: 1rem }
details { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: .5rem; padding: .5rem .75rem; margin: .5rem 0 }
summary { cursor: pointer } pre { overflow-x: auto; font-size: .85rem } h3 { margin: .75rem 0 0; font-size: 1rem }
code.get { color: #0a7d33 } code.post { color: #a15c00 } code.patch { color: #6a3fc8 } code.delete { color: #c02626 }`
