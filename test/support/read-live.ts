// A program that reads pods through the whole road and reports as JSON; `mode` says what goes wrong meanwhile.
import {readFileSync, readdirSync} from 'node:fs'
import {request} from 'node:http'
import {join} from 'node:path'
import {RefusedError} from '../../src/errors.js'
import {openLiveCluster} from '../../src/wiring/live-cluster.js'

const [mode, kubectl, ...connection] = process.argv.slice(2)

function childIds(): number[] {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter(id => id !== '').map(Number)
    .filter(id => readFileSync(`/proc/${id}/cmdline`, 'utf8').startsWith('kubectl'))
}

function post(): Promise<number | undefined> {
  const directory = readdirSync(process.env['TMPDIR'] ?? '').find(name => name.startsWith('k121-')) ?? ''
  return new Promise((resolve, reject) => {
    const asked = request({socketPath: join(process.env['TMPDIR'] ?? '', directory, 'api.sock'), path: '/api/v1/namespaces', method: 'POST', headers: {Host: 'localhost'}}, response => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.on('error', reject)
    asked.end('{}')
  })
}

try {
  const opened = await openLiveCluster({
    connection, kubectl, namespaces: [], mayReadSecrets: false, timeoutMs: 0, disableCompression: false, version: '0',
    say: text => void process.stderr.write(text),
  })
  const pages = opened.source.read({key: 'pods'})
  let items = 0
  for (;;) {
    const step = await pages.next()
    if (step.done === true) {
      process.stdout.write(JSON.stringify({items, outcome: step.value, posted: mode === 'post' ? await post() : null}))
      break
    }
    items += step.value.length
    if (mode === 'throw') setImmediate(() => {
      throw new Error('a bug of ours')
    })
    if (mode === 'kill') for (const id of childIds()) process.kill(id, 'SIGKILL')
    if (mode !== 'read' && mode !== 'post') await new Promise(resolve => setTimeout(resolve, 300))
  }
  await opened.source.close()
} catch (error) {
  const isRefused = error instanceof RefusedError
  process.stdout.write(JSON.stringify(isRefused ? {denied: error.lines} : {code: (error as {code?: string}).code, message: (error as Error).message}))
  process.exitCode = isRefused ? 1 : 4
}
