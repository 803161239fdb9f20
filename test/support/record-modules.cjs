// Preloaded into the guard: writes what it has loaded just before kubectl takes over.
const {writeFileSync} = require('node:fs')
const before = new Set(process.moduleLoadList)
const execve = process.execve

function dump() {
  const builtins = process.moduleLoadList.filter(name => !before.has(name)).map(name => name.replace(/^(NativeModule|Internal Binding) /, ''))
  writeFileSync(process.env.K121_RECORD, JSON.stringify({hasExecve: execve !== undefined, builtins, files: Object.keys(require.cache).filter(name => name !== __filename)}))
}

if (execve === undefined) process.on('exit', dump)
else process.execve = function (...args) {
  dump()
  return execve.apply(process, args)
}
