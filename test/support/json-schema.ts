/**
 * Checks a value against the part of JSON Schema that our own schemas use, and
 * that of SARIF. An unknown keyword throws: a rule that is not looked at would
 * look fulfilled.
 */
export type Schema = Record<string, unknown>

const SILENT = ['$schema', '$defs', 'definitions', 'id', 'title', 'description', 'default']

type Check = (rule: never, value: unknown, where: string, root: Schema, schema: Schema) => string[]

const CHECKS: Readonly<Record<string, Check>> = {
  $ref: (rule: string, value, where, root) => violations(resolve(rule, root), value, where, root),
  const: (rule: unknown, value, where) => (value === rule ? [] : [`${where} is not ${JSON.stringify(rule)}`]),
  enum: (rule: readonly unknown[], value, where) => (rule.includes(value) ? [] : [`${where} is none of ${rule.join(', ')}`]),
  type: (rule: string | readonly string[], value, where) => ([rule].flat().some(type => isOfType(value, type)) ? [] : [`${where} is no ${[rule].flat().join(' or ')}`]),
  pattern: (rule: string, value, where) => (typeof value !== 'string' || new RegExp(rule, 'u').test(value) ? [] : [`${where} does not match ${rule}`]),
  maximum: (rule: number, value, where) => (typeof value !== 'number' || value <= rule ? [] : [`${where} is above ${rule}`]),
  minItems: (rule: number, value, where) => (!Array.isArray(value) || value.length >= rule ? [] : [`${where} has fewer than ${rule} items`]),
  uniqueItems: (rule: boolean, value, where) => (!rule || !Array.isArray(value) || new Set(value.map(item => JSON.stringify(item))).size === value.length ? [] : [`${where} has an item twice`]),
  format: (rule: string, value, where) => (typeof value !== 'string' || isOfFormat(value, rule) ? [] : [`${where} is no ${rule}`]),
  oneOf: (rule: readonly Schema[], value, where, root) => (rule.filter(one => violations(one, value, where, root).length === 0).length === 1 ? [] : [`${where} fits not exactly one alternative`]),
  minimum: (rule: number, value, where) => (typeof value !== 'number' || value >= rule ? [] : [`${where} is below ${rule}`]),
  anyOf: (rule: readonly Schema[], value, where, root) => (rule.some(one => violations(one, value, where, root).length === 0) ? [] : [`${where} fits no alternative`]),
  items: (rule: Schema, value, where, root) => (Array.isArray(value) ? value.flatMap((item, index) => violations(rule, item, `${where}[${index}]`, root)) : []),
  required: (rule: readonly string[], value, where) => (isMapping(value) ? rule.filter(key => !(key in value)).map(key => `${where} lacks ${key}`) : []),
  properties: (rule: Record<string, Schema>, value, where, root) => (isMapping(value) ? Object.entries(rule).flatMap(([key, one]) => (key in value ? violations(one, value[key], `${where}.${key}`, root) : [])) : []),
  additionalProperties: (rule: boolean | Schema, value, where, root, schema) => {
    if (rule === true || !isMapping(value)) return []
    const others = Object.keys(value).filter(key => !(key in ((schema['properties'] ?? {}) as object)))
    return others.flatMap(key => (rule === false ? [`${where} has the unknown key ${key}`] : violations(rule, value[key], `${where}.${key}`, root)))
  },
}

export function violations(schema: Schema, value: unknown, where = '$', root = schema): string[] {
  return Object.entries(schema).filter(([keyword]) => !SILENT.includes(keyword)).flatMap(([keyword, rule]) => {
    const check = CHECKS[keyword]
    if (check === undefined) throw new Error(`the schema uses ${keyword}, which is not checked here`)
    return check(rule as never, value, where, root, schema)
  })
}

function resolve(reference: string, root: Schema): Schema {
  const [, place = '', name = ''] = /^#\/(\$defs|definitions)\/(.+)$/.exec(reference) ?? []
  const found = (root[place] as Record<string, Schema> | undefined)?.[name]
  if (found === undefined) throw new Error(`${reference} leads nowhere`)
  return found
}

function isOfFormat(value: string, format: string): boolean {
  if (format === 'uri') return URL.canParse(value)
  if (format === 'uri-reference') return /^(?:[\w\-.~:/?#@!$&'()*+,;=[\]]|%[0-9A-Fa-f]{2})*$/.test(value)
  if (format === 'date-time') return /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))
  throw new Error(`the schema uses the format ${format}, which is not checked here`)
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isMapping(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}
