// Runs when somebody installs from a clone. `npm i -g .` links the clone
// without its dependencies, so the build's own tools are fetched first.
import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'

if (!existsSync('node_modules/esbuild')) {
  // The outer npm's `--global` must not reach the inner one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_(global|prefix|location)$/i.test(name)))
  const {status} = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {stdio: 'inherit', env, shell: process.platform === 'win32'})
  if (status !== 0) process.exit(status ?? 1)
}
await import('./build.js')
