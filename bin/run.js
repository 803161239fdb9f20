#!/usr/bin/env node
'use strict'
// Two roads: `guard …` is typed all day and loads one small file; everything else is oclif's.
const words = process.argv.slice(2)
const [first, second] = words
if (first === 'guard' && !['init', 'clean', 'help', '--help', '-h'].includes(second)) require('../dist/guard.cjs').main(words.slice(1), __filename)
else import('../dist/cli.js').then(cli => cli.run(words, require('node:path').dirname(__dirname)))
