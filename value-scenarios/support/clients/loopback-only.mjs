/** Preloaded by a program that would listen on all addresses of the machine: here it listens on 127.0.0.1. */
import { Server } from 'node:net'

const { listen } = Server.prototype

Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port: Number(port), host: '127.0.0.1' }, ...rest)
}
