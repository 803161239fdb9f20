// JSON.parse of every line that is an object, and nothing kept: `parse.js FILE`.
import {createReadStream} from 'node:fs'
import {createInterface} from 'node:readline'
import {createGunzip} from 'node:zlib'

const [file] = process.argv.slice(2)
const stream = createReadStream(file, {highWaterMark: 1024 * 1024})
let objects = 0
for await (const line of createInterface({input: file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream})) {
  if (!line.startsWith('{"') || line.endsWith('[')) continue
  JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line)
  objects++
}
console.log(objects)
