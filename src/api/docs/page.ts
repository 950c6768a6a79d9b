import { html, raw } from 'hono/html'
import type { OpenApiDocument } from './add-examples.ts'
import { type Endpoint, endpointsOf, schemasOf } from './add-examples.ts'
import { anchorOf, renderDetails, renderEndpoint, renderName } from './endpoint.ts'
import { renderFields, schemaFields } from './fields.ts'
import { blocks, codeBlock, type Markup, toAnchor } from './markup.ts'
import { renderMcp } from './mcp.ts'
import { style } from './style.ts'

interface Addresses {
  /** The base URL that agents use. */
  readonly url: string
  /** The URL of the owner's chat; null until it is known. */
  readonly home: string | null
}

/** Renders the API reference as one page without scripts or external resources. */
export async function renderDocs(document: OpenApiDocument, { url, home }: Addresses): Promise<string> {
  const { title, description = '' } = document.info
  const schemas = schemasOf(document)
  const groups = groupByTag(endpointsOf(document))
  const page = await html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${raw(style)}</style></head><body>
<a class="skip" href="#main">Skip to content</a>
<header><b>preqbot</b>${home === null ? '' : html`<a href="${home}">Open the chat</a>`}</header>
<main id="main" class="page"><div class="intro"><h1>${title}</h1>
${blocks(description)}
<p>The same for machines: <a href="/api/openapi.json">openapi.json</a>. The examples need two variables:</p>
${codeBlock('Variables of the examples', `export PREQBOT_URL=${url}\nexport PREQBOT_TOKEN=preq_…`)}</div>
${renderContents(groups)}
<div class="body">${[...groups].map(([tag, endpoints]) => renderGroup(tag, endpoints, document))}
${renderMcp(url)}
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
${Object.entries(schemas).map(
  ([name, schema]) =>
    html`<div id="schema-${name.toLowerCase()}">${renderDetails(
      name,
      renderFields(schemaFields(schema, schemas), { marksRequired: false }),
    )}</div>`,
)}</section></div></main></body></html>`
  return String(page)
}

function renderGroup(tag: string, endpoints: readonly Endpoint[], document: OpenApiDocument): Markup {
  const id = toAnchor(tag)
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${tag}</h2>
${endpoints.map((endpoint) => renderEndpoint(endpoint, schemasOf(document)))}</section>`
}

function renderContents(groups: ReadonlyMap<string, readonly Endpoint[]>): Markup {
  return html`<nav aria-label="Contents"><ul>
${[...groups].map(
  ([tag, endpoints]) =>
    html`<li><a href="#${toAnchor(tag)}"><b>${tag}</b></a><ul>${endpoints.map(
      (endpoint) => html`<li><a href="#${anchorOf(endpoint)}">${renderName(endpoint)}</a></li>`,
    )}</ul></li>`,
)}
<li><a href="#mcp"><b>MCP</b></a></li><li><a href="#schemas"><b>Schemas</b></a></li></ul></nav>`
}

function groupByTag(endpoints: readonly Endpoint[]): Map<string, Endpoint[]> {
  const groups = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) {
    const tag = endpoint.operation.tags?.[0] ?? 'Other'
    groups.set(tag, [...(groups.get(tag) ?? []), endpoint])
  }
  // Health comes last: most readers look for tasks.
  const health = groups.get('Health')
  if (health !== undefined && groups.delete('Health')) groups.set('Health', health)
  return groups
}
