#!/usr/bin/env node
'use strict'
// Two roads: `guard …` is typed all day and loads one small file; everything else is oclif's.
const words = process.argv.slice(2)
const [first, second] = words
const root = require('node:path').dirname(__dirname)
if (first === 'guard' && !['init', 'clean', 'help', '--help', '-h'].includes(second)) {
  let guard
  try {
    guard = require('../dist/guard.cjs')
  } catch (error) {
    require('node:fs').writeSync(2, `k121: the guard cannot be loaded (${error.code}), so kubectl was not started\n`)
    process.exitCode = 125
  }
  guard?.main(words.slice(1), __filename)
} else import('../dist/cli.js').then(cli => cli.run(words, root))
