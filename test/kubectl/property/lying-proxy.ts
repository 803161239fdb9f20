import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {connect} from 'node:net'

/** An HTTP proxy that leads everybody to the same port, whatever they asked for. */
export async function startLyingProxy(port: number): Promise<{url: string; close(): Promise<void>}> {
  const server = createServer((_, response) => void response.writeHead(502).end())
  server.on('connect', (_, socket: Socket) => {
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    for (const end of [socket, upstream]) end.on('error', () => [socket, upstream].forEach(other => other.destroy()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close').catch(() => undefined)
    },
  }
}
