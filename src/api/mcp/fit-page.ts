// 20,000 tokens of about four characters each.
const maxChars = 80_000
const maxText = 10_000

/** Returns the first rows that fit into an answer. If not even one fits, returns it with its long texts cut. */
export function fitPage<Row extends object>(rows: readonly Row[]): Row[] {
  let left = maxChars
  const end = rows.findIndex((row) => {
    left -= JSON.stringify(row).length + 1
    return left < 0
  })
  if (end === -1) return [...rows]
  const [first] = rows
  return end > 0 || first === undefined ? rows.slice(0, end) : [withCutTexts(first)]
}

function withCutTexts<Row>(row: Row): Row {
  return JSON.parse(JSON.stringify(row), (_, value: unknown) =>
    typeof value === 'string' && value.length > maxText
      ? `${value.slice(0, maxText)}… [${value.length - maxText} more characters]`
      : value,
  )
}
