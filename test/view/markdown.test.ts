import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { markdownToHtml } from '../../src/view/markdown/markdown.ts'
import { lostWords } from '../support/lost-words.ts'
import { readTelegramHtml } from '../support/telegram-html.ts'

const shown = (...lines: string[]) => markdownToHtml(lines.join('\n')).html

describe('Markdown', () => {
  test.each([
    ['headings', '# One\n\n## Two **bold**\ntext', '<b>One</b>\n<b>Two bold</b>\ntext'],
    ['a heading by underline', 'One\n===\ntext', '<b>One</b>\ntext'],
    [
      'emphasis',
      '*a* _b_ **c** __d__ ***e*** ~~f~~',
      '<i>a</i> <i>b</i> <b>c</b> <b>d</b> <i><b>e</b></i> <s>f</s>',
    ],
    ['code', 'a `b < c` ``d ` e``', 'a <code>b &lt; c</code> <code>d ` e</code>'],
    ['text with signs of HTML', 'a < b && c > "d"', 'a &lt; b &amp;&amp; c &gt; &quot;d&quot;'],
    ['escapes and references', '\\*a\\* &copy; &lt;', '*a* © &lt;'],
    ['paragraphs and line breaks', 'a\nb  \nc\\\nd\n\n\n\ne', 'a\nb\nc\nd\n\ne'],
    ['a rule', 'a\n\n---\n\nb', 'a\n\n———\n\nb'],
    ['nothing', ' \n\n ', ''],
    ['footnotes as text', 'a[^1]\n\n[^1]: note here', 'a[^1]\n\n[^1]: note here'],
  ])('shows %s', (_, markdown, expected) => {
    expect(shown(markdown)).toBe(expected)
  })

  test.each([
    ['bullets', '- a\n* b\n+ c', '• a\n\n• b\n\n• c'],
    ['numbers', '3. a\n4. b', '3. a\n4. b'],
    ['numbers all alike', '1. a\n1. b\n1. c', '1. a\n2. b\n3. c'],
    ['numbers out of order', '2. a\n5. b', '2. a\n5. b'],
    ['boxes', '- [ ] a\n- [x] b\n- [X] c\n- [y] d', '☐ a\n☑ b\n☑ c\n• [y] d'],
    ['numbered boxes', '1. [ ] a\n2. [x] b', '1. ☐ a\n2. ☑ b'],
    ['a list at its paragraph', 'Changes:\n- a', 'Changes:\n• a'],
    ['nesting', '- a\n  - b\n    more\n    1. c\n- d', '• a\n   • b\n      more\n      1. c\n• d'],
    ['loose items', '- a\n\n  b\n\n- c', '• a\n\n   b\n\n• c'],
    ['an empty item', '-\n- a', '•\n• a'],
    ['code in an item', '- a\n  ```\n  b\n  ```\n- c', '• a\n<pre>b</pre>\n• c'],
    ['an item that begins with code', '1. ```\n   b\n   ```', '1.\n<pre>b</pre>'],
    ['an item that begins with a list', '- - a\n  - b', '• • a\n   • b'],
  ])('shows lists: %s', (_, markdown, expected) => {
    expect(shown(markdown)).toBe(expected)
  })

  test.each([
    [
      'its language',
      '```ts\na < b\n\n  c\n```',
      '<pre><code class="language-ts">a &lt; b\n\n  c</code></pre>',
    ],
    [
      'a file name beside it',
      '```ts src/a.ts\nb\n```',
      '<i>src/a.ts</i>\n<pre><code class="language-ts">b</code></pre>',
    ],
    ['a name that is no language', '```12:15:src/a.ts\nb\n```', '<i>12:15:src/a.ts</i>\n<pre>b</pre>'],
    ['no end', '```\nb', '<pre>b</pre>'],
    ['nothing within', '```js\n```\na', '<i>js</i>\na'],
    ['an indentation', '    a\n    b', '<pre>a\nb</pre>'],
  ])('shows a block of code with %s', (_, markdown, expected) => {
    expect(shown(markdown)).toBe(expected)
  })

  test.each([
    ['an address', '[a](https://b.cd/?e=1&f=2)', '<a href="https://b.cd/?e=1&amp;f=2">a</a>'],
    ['a title', '[a](https://b.cd "e")', '<a href="https://b.cd">a</a> (e)'],
    ['no text', '[](https://b.cd)', '<a href="https://b.cd">https://b.cd</a>'],
    ['angle brackets', '<https://b.cd>', '<a href="https://b.cd">https://b.cd</a>'],
    ['code as text', '[`a`](https://b.cd)', '<a href="https://b.cd">a</a>'],
    ['a path', '[a](src/b.ts#L3)', 'a (src/b.ts#L3)'],
    ['a path that it says already', '[`src/b.ts`](src/b.ts)', '<code>src/b.ts</code>'],
    ['an address of this machine', '[a](http://localhost:3000)', 'a (http://localhost:3000)'],
    ['an e-mail address', '<a@b.cd> [e](mailto:f@g.hi)', 'a@b.cd e (f@g.hi)'],
    ['a script', '[a](javascript:alert(1))', 'a (javascript:alert(1))'],
    ['a picture', '![a](https://b.cd/e.png)', '<a href="https://b.cd/e.png">a</a>'],
    ['a picture without words', '![](e.png)', 'image (e.png)'],
    [
      'a badge',
      '[![a](https://b.cd/e.svg)](https://f.gh)',
      '<a href="https://f.gh">a</a> <a href="https://b.cd/e.svg">🖼</a>',
    ],
    [
      'a definition, which stays readable',
      '[a][b] and [b]\n\n[b]: https://c.de "f"',
      '<a href="https://c.de">a</a> (f) and <a href="https://c.de">b</a> (f)\n\n<a href="https://c.de">b</a> (f): https://c.de &quot;f&quot;',
    ],
  ])('shows links: %s', (_, markdown, expected) => {
    expect(shown(markdown)).toBe(expected)
  })

  test('shows a patch without a fence as code, and the list after it as a list', () => {
    expect(
      shown('Fix:', '--- a/x', '+++ b/x', '@@ -1,2 +1,2 @@', '-old', '+new', '', ' same', '', '- next'),
    ).toBe(
      'Fix:\n<pre><code class="language-diff">--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-old\n+new\n\n same</code></pre>\n• next',
    )
    expect(shown('a', '---', '+ b')).not.toContain('<pre>')
  })

  test('shows front matter as code, and two rules as rules', () => {
    expect(shown('---', 'title: Plan', 'tags: [a]', '---', 'text')).toBe(
      '<pre><code class="language-yaml">title: Plan\ntags: [a]</code></pre>\ntext',
    )
    expect(shown('---', '', 'text', '', '---')).toBe('———\n\ntext\n\n———')
  })

  test('removes ANSI color codes in code and in text', () => {
    expect(shown('`\u001b[1;31mred\u001b[0m` \u001b[32mok\u001b[K [1m]')).toBe('<code>red</code> ok [1m]')
  })

  test('marks the lines of nested quotes, which Telegram does not support', () => {
    expect(shown('> a', '> > b', '> - c', '', 'd')).toBe('<blockquote>a\n› b\n• c</blockquote>\nd')
    expect(shown('- a', '  > b')).toBe('• a\n<blockquote>b</blockquote>')
  })

  test('aligns a table’s columns, counting wide characters and emoji as two', () => {
    expect(
      shown('| Name | Größe | 상태 |', '|:--|--:|:-:|', '| `a` | 12 | ✅ |', '| **bb** | 1<br>2 | 日本語 |'),
    ).toBe(
      [
        '<pre>Name | Größe |  상태',
        '-----+-------+-------',
        'a    |    12 |   ✅',
        'bb   |   1 2 | 日本語</pre>',
      ].join('\n'),
    )
  })

  test('shows a table’s links below it', () => {
    expect(
      shown('| PR | by |', '|-|-|', '| [#1](https://a.bc/1) | x |', '| [#2](https://a.bc/2) | y |'),
    ).toBe(
      '<pre>PR  | by\n----+----\n#1  | x\n#2  | y</pre>\n<a href="https://a.bc/1">#1</a> · <a href="https://a.bc/2">#2</a>',
    )
  })

  test('aligns a table inside a quote', () => {
    expect(shown('> | a | b |', '> |---|---|', '> | cccc | d |')).toBe(
      '<blockquote><pre>a    | b\n-----+----\ncccc | d</pre></blockquote>',
    )
  })

  test('shows a table as typed if a row has more cells than the head, which GitHub would drop', () => {
    const table = '| a | b |\n|---|---|\n| `x || y` | z |'
    expect(shown(table)).toBe(`<pre>${table}</pre>`)
  })

  test.each([
    ['bold and breaks', '<b>a</b><br>b<BR/><kbd>c *d*</kbd>', '<b>a</b>\nb\n<code>c d</code>'],
    [
      'a link within code, where Telegram allows none',
      '<code>[a](https://b.cd)</code>',
      '<code>a (https://b.cd)</code>',
    ],
    ['a fold', '<details>\n<summary>More</summary>\n\n- a\n\n</details>', '<b>More</b>\n\n• a'],
    ['unknown tags', '<div class="x">a</div> <T> <!-- b -->', null],
    ['tags that cross', '**a <i>b** c</i>', '<b>a &lt;i&gt;b</b> c&lt;/i&gt;'],
    ['tags without an end', '<b>a', '&lt;b&gt;a'],
    ['a script', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [
      'tags named like properties',
      '<constructor>a</constructor>',
      '&lt;constructor&gt;a&lt;/constructor&gt;',
    ],
  ])('shows HTML: %s', (_, markdown, expected) => {
    const { html } = markdownToHtml(markdown)
    if (expected === null) expect(readTelegramHtml(html).text).toBe(markdown)
    else expect(html).toBe(expected)
  })

  test.each([
    'see src/__tests__/a.ts and lib/__mocks__/b.ts',
    '__init__.py, foo.__class__ and __main__()',
    'lint src/**/*.ts, test/**/*.ts and a/*/b/*/c',
    'snake_case_name and CONST_VALUE_2',
    'https://a.bc/__x__/y_z_',
    '2 * 3 * 4',
  ])('keeps * and _ in names without backticks: %s', (text) => {
    expect(readTelegramHtml(shown(text)).text.replaceAll('\u2060', '')).toBe(text)
  })

  test.each([
    ['**"강조"**는', '<b>&quot;강조&quot;</b>는'],
    ['**파일(foo.ts)**을', '<b>파일(foo.ts)</b>을'],
    ['これは**「重要」**です', 'これは<b>「重要」</b>です'],
  ])('makes text bold next to letters without a space: %s', (markdown, expected) => {
    expect(shown(markdown)).toBe(expected)
  })
})

describe('any Markdown', () => {
  const words = fc.constantFrom(
    'alpha',
    'Bravo2',
    '한국어',
    '日本',
    'é',
    'x_y',
    'src/a.ts',
    '✅',
    '👨‍👩‍👧',
    '42',
  )
  const signs = fc.constantFrom(
    ...[
      '*',
      '**',
      '_',
      '__',
      '~~',
      '`',
      '```',
      '[',
      ']',
      '](',
      '(',
      ')',
      '!',
      '<',
      '>',
      '|',
      '\\',
      '#',
      '- ',
      '1. ',
      '7) ',
    ],
    ...[
      '> ',
      '[ ] ',
      '[x]: ',
      '\n',
      '\n\n',
      '\n    ',
      '\n  ',
      ' ',
      '\t',
      '|-|-|\n',
      '\n---\n',
      '===',
      '<b>',
      '</b>',
      '<br>',
    ],
    ...[
      '<code>',
      '</code>',
      '<i>',
      '</i>',
      '<details>',
      '<summary>',
      '</summary>',
      '[^1]',
      '[^1]: ',
      'https://a.bc/d ',
    ],
    ...['](https://a.bc/d)', '](e.md "f")', '![', '&', ':', '"', '\r\n', '\u0000', '\ud800'],
  )
  const markdown = fc.array(fc.oneof(words, signs), { maxLength: 60 }).map((parts) => parts.join(''))

  test('becomes HTML that Telegram accepts, with every word in it', () => {
    const any = fc.oneof({ weight: 4, arbitrary: markdown }, fc.string({ unit: 'binary', maxLength: 200 }))
    fc.assert(
      fc.property(any, (source) => {
        const { html } = markdownToHtml(source)
        expect(() => readTelegramHtml(html)).not.toThrow()
        expect(lostWords(source, html)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  test.each(
    Object.entries({
      stars: '*'.repeat(10_000),
      'starred words': '**a*'.repeat(15_000),
      underscores: '_a'.repeat(30_000),
      brackets: '['.repeat(60_000),
      'bracket pairs': '['.repeat(30_000) + ']'.repeat(30_000),
      links: '[a]('.repeat(15_000),
      images: '!['.repeat(3_000) + '](a)'.repeat(3_000),
      quotes: `${'> '.repeat(5_000)}a`,
      'quoted bullets': `${'> - '.repeat(3_000)}a`,
      bullets: `${'- '.repeat(5_000)}a`,
      'numbered bullets': `${'1. '.repeat(10_000)}a`,
      'deep lists': Array.from({ length: 400 }, (_, depth) => `${' '.repeat(2 * depth)}- a${depth}`).join(
        '\n',
      ),
      'back-ticks': Array.from({ length: 300 }, (_, count) => '`'.repeat(count + 1)).join(' '),
      angles: '<'.repeat(60_000),
      'open tags': '<b>'.repeat(20_000),
      'paired tags': `${'<b><i><s>'.repeat(5_000)}a${'</s></i></b>'.repeat(5_000)}`,
      comments: '<!--'.repeat(15_000),
      addresses: 'a@'.repeat(30_000),
      'e-mail': `${'a.'.repeat(30_000)}@`,
      definitions: '[a]: b\n'.repeat(8_000),
      'a wide table': `${'|a'.repeat(1_000)}\n${'|-'.repeat(1_000)}\n${`${'|b'.repeat(1_000)}\n`.repeat(28)}`,
      newlines: '\n'.repeat(60_000),
      blanks: `a${' '.repeat(60_000)}b`,
      'blank lines': ' \n'.repeat(30_000),
      underlines: 'a\n=\n'.repeat(15_000),
      fences: '```\n'.repeat(15_000),
      'names among code': '`a` @ab '.repeat(15_000),
      'lazy lines': `${'- '.repeat(40)}a\n${'b\n'.repeat(29_000)}`,
    }),
  )('takes linear time for %s', (_, source) => {
    const before = process.cpuUsage()
    const { html } = markdownToHtml(source)
    // Exponential input takes minutes; the slowest of these takes 0.5 s.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(10_000)
    expect(() => readTelegramHtml(html)).not.toThrow()
    expect(lostWords(source, html)).toEqual([])
  })
})
