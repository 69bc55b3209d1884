'use strict'
// Signs and reads cookies with the packages themselves, over HTTP where they ask for it. One JSON object of strings
// a line, the answer likewise; NODE_PATH says where the packages are.

const http = require('http')
const readline = require('readline')

const version = (name) => name + ' ' + require(name + '/package.json').version
const hex = (text) => Buffer.from(text).toString('hex')

// One request to a server of its own: what it set and what it said.
function exchange (handler, cookie) {
  return new Promise((resolve, reject) => {
    const server = http.createServer(handler).listen(0, '127.0.0.1', () => {
      const options = { port: server.address().port, host: '127.0.0.1', agent: false, headers: cookie ? { cookie } : {} }
      http.get(options, (res) => {
        let body = ''
        res.setEncoding('utf8')
        res.on('data', (part) => { body += part })
        res.on('end', () => {
          server.close()
          resolve({ cookies: res.headers['set-cookie'] || [], body })
        })
      }).on('error', reject)
    })
  })
}

const asSent = (cookies) => cookies.map((each) => each.split(';')[0]).join('; ')
const answer = (value) => JSON.stringify(typeof value === 'string' ? { value } : {})

function keygrip (ask) {
  return new (require('keygrip'))([ask.secret], ask.algorithm)
}

const formats = {
  express: {
    package: () => version('express') + ', ' + version('cookie-parser'),
    handler (ask) {
      const app = require('express')()
      app.use(require('cookie-parser')(ask.secret))
      app.use((req, res) => {
        if (ask.do === 'sign') res.cookie(ask.name, ask.value, { signed: true })
        res.end(answer(req.signedCookies[ask.name]))
      })
      return app
    }
  },
  'express-session': {
    package: () => version('express-session'),
    handler (ask) {
      const session = require('express-session')
      const store = new session.MemoryStore()
      const middleware = session({
        secret: ask.secret, name: ask.name, store, genid: () => ask.value, resave: false, saveUninitialized: true
      })
      return (req, res) => middleware(req, res, () => res.end(answer(req.sessionID)))
    }
  },
  keygrip: {
    package: () => version('cookies') + ', ' + version('keygrip'),
    handler: (ask) => (req, res) => {
      const cookies = new (require('cookies'))(req, res, { keys: keygrip(ask) })
      if (ask.do === 'sign') cookies.set(ask.name, ask.value, { signed: true })
      res.end(answer(cookies.get(ask.name, { signed: true })))
    }
  },
  'cookie-session': {
    package: () => version('cookie-session') + ', ' + version('keygrip'),
    payload: (ask) => JSON.stringify(JSON.parse(ask.value)),
    handler (ask) {
      const middleware = require('cookie-session')({ name: ask.name, keys: keygrip(ask) })
      return (req, res) => middleware(req, res, () => {
        if (ask.do === 'sign') req.session = JSON.parse(ask.value)
        res.end(answer(JSON.stringify(req.session)))
      })
    }
  }
}

function fastify (plugin) {
  return {
    package: () => version('fastify') + ', @fastify/cookie ' + require(plugin + '/package.json').version,
    async exchange (ask, cookie) {
      const app = require('fastify')()
      app.register(require(plugin), { secret: ask.secret })
      app.get('/', (request, reply) => {
        if (ask.do === 'sign') reply.setCookie(ask.name, ask.value, { signed: true })
        const signed = request.cookies[ask.name]
        const read = signed === undefined ? { valid: false } : request.unsignCookie(signed)
        reply.send(answer(read.valid ? read.value : null))
      })
      const res = await app.inject({ url: '/', headers: cookie ? { cookie } : {} })
      await app.close()
      return { cookies: [].concat(res.headers['set-cookie'] || []), body: res.body }
    }
  }
}
formats.fastify = fastify('@fastify/cookie')
formats['fastify-11-0'] = fastify('fastify-cookie-11-0')

async function reply (ask) {
  const format = formats[ask.format]
  if (ask.do === 'version') return { package: format.package() }
  const done = await (format.exchange || ((a, cookie) => exchange(format.handler(a), cookie)))(ask, ask.cookie)
  if (ask.do === 'read') return JSON.parse(done.body)
  return { cookie: asSent(done.cookies), payload: hex(format.payload ? format.payload(ask) : ask.value) }
}

async function main () {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let said
    try {
      said = await reply(JSON.parse(line))
    } catch (e) {
      said = { error: String(e) }
    }
    process.stdout.write(JSON.stringify(said) + '\n')
  }
}

main()
