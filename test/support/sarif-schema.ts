import {createRequire} from 'node:module'
import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Schema} from './json-schema.js'

/** The schema of SARIF 2.1.0 by OASIS, as a package brings it. */
export function sarifSchema(): Schema {
  const found = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/package.json')
  return JSON.parse(readFileSync(join(dirname(found), 'lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8')) as Schema
}
