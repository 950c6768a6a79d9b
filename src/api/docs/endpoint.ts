import { html } from 'hono/html'
import { type Endpoint, jsonContent, successOf } from './add-examples.ts'
import { exampleRequest, toCurl } from './curl.ts'
import { renderFields, schemaFields } from './fields.ts'
import type { JsonSchema, Schemas } from './json-schema.ts'
import { blocks, codeBlock, inlineMarkup, type Markup, toAnchor } from './markup.ts'

/** Returns an endpoint's anchor on the page. */
export function anchorOf({ method, path }: Pick<Endpoint, 'method' | 'path'>): string {
  return toAnchor(`${method} ${path}`)
}

/** Renders a method and a path; the path wraps only between segments. */
export function renderName({ method, path }: Pick<Endpoint, 'method' | 'path'>): Markup {
  const segments = path.split('/').slice(1)
  return html`<span class="method ${method.toLowerCase()}">${method}</span> <code class="path">${segments.map(
    (segment) => html`<wbr>/${segment}`,
  )}</code>`
}

/** Renders an endpoint: an example, then parameters, body and responses. */
export function renderEndpoint(endpoint: Endpoint, schemas: Schemas): Markup {
  const { operation } = endpoint
  const anchor = anchorOf(endpoint)
  const name = `${endpoint.method} ${endpoint.path}`
  const { status, answer } = successOf(endpoint)
  const example = jsonContent(answer)?.example
  const parameters = (operation.parameters ?? []).flatMap((parameter) =>
    'name' in parameter
      ? [
          {
            name: parameter.name,
            schema: (parameter.schema ?? {}) as JsonSchema,
            isRequired: parameter.required ?? false,
          },
        ]
      : [],
  )
  const body = jsonContent(operation.requestBody)?.schema
  return html`<article aria-labelledby="${anchor}">
<h3 id="${anchor}"><a href="#${anchor}">${renderName(endpoint)}</a></h3>
<p>${inlineMarkup(operation.summary ?? '')}</p>
${operation.description === undefined ? '' : blocks(operation.description)}
${codeBlock(`Example request: ${name}`, toCurl(exampleRequest(endpoint)))}
<p class="caption">Answer <b>${status}</b></p>
${
  example === undefined
    ? html`<p>No body.</p>`
    : codeBlock(`Example answer: ${name}`, JSON.stringify(example, null, 2))
}
${parameters.length === 0 ? '' : renderDetails('Parameters', renderFields(parameters, { marksRequired: true }))}
${body === undefined ? '' : renderDetails('Body', renderFields(schemaFields(body, schemas), { marksRequired: true }))}
${renderDetails('Answers', renderAnswers(operation.responses ?? {}))}
</article>`
}

function renderAnswers(responses: Readonly<Record<string, object>>): Markup {
  return html`<dl class="answers">${Object.entries(responses).map(
    ([status, answer]) =>
      html`<div><dt>${status}</dt><dd>${
        'description' in answer ? inlineMarkup(String(answer.description)) : ''
      }</dd></div>`,
  )}</dl>`
}

export function renderDetails(title: string, content: Markup): Markup {
  return html`<details><summary>${title}</summary>${content}</details>`
}
