import {once} from 'node:events'
import type {IncomingMessage, Server as HttpServer, ServerResponse} from 'node:http'
import {createServer as createHttp} from 'node:http'
import {createServer as createHttps} from 'node:https'
import type {AddressInfo, Socket} from 'node:net'
import {connect} from 'node:net'
import type {TLSSocket} from 'node:tls'
import {answerTo} from './api-answers.js'
import type {Authority} from './certificates.js'
import {authority} from './certificates.js'

/** What a server saw: everything by which a stolen credential or another identity would show. */
export interface SeenRequest {
  server: string
  method: string
  path: string
  authorization: string
  clientCertificate: string
  impersonateUser: string
  serverName: string
  body: string
}

export interface ApiServerOptions {
  /** Which of the certificate authorities; `plain`: http without TLS. */
  ca?: string
  plain?: boolean
  /** Every request is answered 401. */
  unauthorized?: boolean
  /** Every request is answered 302 to this URL and its own path. */
  redirect?: string
  /** How many pods a list holds. */
  pods?: number
  /** Requests whose path and query match are never answered: something to interrupt. */
  hang?: RegExp
}

export interface ApiServer {
  name: string
  url: string
  port: number
  ca: Authority
  requests: SeenRequest[]
  close(): Promise<void>
}

/** A loopback server that knows enough of the Kubernetes API for version, get, api-resources, auth can-i and apply. */
export async function startApiServer(name: string, options: ApiServerOptions = {}): Promise<ApiServer> {
  const ca = authority(options.ca ?? 'first')
  const requests: SeenRequest[] = []
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    collect(request, body => {
      requests.push(seen(name, request, body))
      reply(request, response, {options, body})
    })
  }
  const {certificate: cert, key} = ca.server
  const server = options.plain === true
    ? createHttp(handle)
    : createHttps({cert, key, requestCert: true, rejectUnauthorized: false}, handle)
  const port = await listen(server)
  const url = `${options.plain === true ? 'http' : 'https'}://127.0.0.1:${port}`
  return {name, url, port, ca, requests, close: () => stop(server)}
}

function collect(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => done(Buffer.concat(chunks)))
}

function seen(server: string, request: IncomingMessage, body: Buffer): SeenRequest {
  const socket = request.socket as Partial<TLSSocket> & Socket
  const peer = socket.getPeerCertificate?.()
  return {
    server,
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization ?? '',
    clientCertificate: String(peer?.subject?.CN ?? ''),
    impersonateUser: String(request.headers['impersonate-user'] ?? ''),
    serverName: typeof socket.servername === 'string' ? socket.servername : '',
    body: body.toString('latin1'),
  }
}

function reply(request: IncomingMessage, response: ServerResponse, {options, body}: {options: ApiServerOptions; body: Buffer}): void {
  const path = request.url ?? ''
  if (options.hang?.test(path) === true) {
    response.writeHead(200, {'content-type': 'application/json'}).flushHeaders()
    return
  }
  if (options.redirect !== undefined) {
    response.writeHead(302, {location: options.redirect + path}).end()
    return
  }
  const {status, type, text} = answerTo({
    method: request.method ?? 'GET',
    path,
    body,
    bodyType: request.headers['content-type'] ?? 'application/json',
    wantsTable: (request.headers.accept ?? '').includes('as=Table'),
    unauthorized: options.unauthorized === true,
    pods: options.pods ?? 2,
  })
  response.writeHead(status, {'content-type': type}).end(text)
}

export interface ConnectProxy {
  url: string
  /** `host:port` of every CONNECT, and the absolute URL of every plain request. */
  targets: string[]
  close(): Promise<void>
}

/** An HTTP proxy that notes where it is asked to go and goes there. */
export async function startConnectProxy(): Promise<ConnectProxy> {
  const targets: string[] = []
  const server = createHttp((request, response) => {
    targets.push(request.url ?? '')
    response.writeHead(502).end()
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    targets.push(request.url ?? '')
    const {hostname, port} = new URL(`http://${request.url ?? ''}`)
    const upstream = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    for (const end of [socket, upstream]) end.on('error', () => [socket, upstream].forEach(other => other.destroy()))
  })
  const port = await listen(server)
  return {url: `http://127.0.0.1:${port}`, targets, close: () => stop(server)}
}

async function listen(server: HttpServer): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function stop(server: HttpServer): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close').catch(() => undefined)
}
