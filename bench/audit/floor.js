// The least that any reader of these lists does: one kubectl proxy, pages one
// ahead of the parser, JSON.parse, and nothing kept. Plain Node, so that what is
// compared is reading and not loaders. `floor.js KUBECTL LISTS` with LISTS as
// JSON of [path, accept]; prints bytes and objects.
import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {Agent, request} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

const LIMIT = 250
const [kubectl, lists] = process.argv.slice(2)
const directory = mkdtempSync(join(tmpdir(), 'k121-floor-'))
const socketPath = join(directory, 's')
const proxy = spawn(kubectl, ['proxy', `--unix-socket=${socketPath}`], {stdio: ['ignore', 'pipe', 'inherit']})
const agent = new Agent({keepAlive: true, maxSockets: 2})
let [bytes, objects] = [0, 0]
try {
  await new Promise((resolve, reject) => {
    proxy.stdout.once('data', resolve)
    proxy.once('exit', () => reject(new Error('kubectl proxy ended')))
  })
  for (const [path, accept] of JSON.parse(lists)) await readList(path, accept)
} finally {
  agent.destroy()
  proxy.kill()
  rmSync(directory, {recursive: true, force: true})
}
console.log(JSON.stringify({bytes, objects}))

async function readList(path, accept) {
  let pending = get(path, accept, '')
  while (pending !== null) {
    const body = await pending
    if (body === null) return
    bytes += body.length
    // The token stands before the items: the next page travels while this one is parsed, as in ours.
    const {metadata, items} = JSON.parse(body.toString('utf8'))
    pending = metadata.continue ? get(path, accept, metadata.continue) : null
    objects += items?.length ?? 0
  }
}

/** Null for a list that the server does not have. */
function get(path, accept, token) {
  return new Promise((resolve, reject) => {
    const separator = path.includes('?') ? '&' : '?'
    const asked = request({agent, socketPath, path: `${path}${separator}limit=${LIMIT}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`, headers: {Host: 'localhost', Accept: accept, 'Accept-Encoding': 'identity'}}, response => {
      const chunks = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(chunks) : null))
    })
    asked.on('error', reject)
    asked.end()
  })
}
