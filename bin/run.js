#!/usr/bin/env node
'use strict'
// Two roads: `guard …` is typed all day and loads one small file; everything else is oclif's.
// Plain enough for Node 10: one that is too old must get as far as being told so.
const words = process.argv.slice(2)
const [first, second] = words
const root = require('path').dirname(__dirname)
const isGuard = first === 'guard' && !['init', 'clean', 'help', '--help', '-h'].includes(second)
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 20 || (major === 20 && minor < 19)) {
  const kept = isGuard ? ', so kubectl was not started' : ''
  require('fs').writeSync(2, `k121: this is Node ${process.versions.node} (${process.execPath})${kept}: put Node 20.19 or newer first on PATH\n`)
  process.exitCode = isGuard ? 125 : 4
} else if (isGuard) {
  let guard
  try {
    guard = require('../dist/guard.cjs')
  } catch (error) {
    require('fs').writeSync(2, `k121: the guard cannot be loaded (${error.code}), so kubectl was not started\n`)
    process.exitCode = 125
  }
  if (guard !== undefined) guard.main(words.slice(1), __filename)
} else import('../dist/cli.js').then(cli => cli.run(words, root))
