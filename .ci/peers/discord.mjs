// Starts discord-digital-twin, a stand-in for Discord, and lets a test do what
// people do there: node discord.mjs PORT FOLDER takes one JSON object by POST to
// 127.0.0.1:PORT and answers with one; FOLDER is where the peer is installed.
//
// Where the peer is short of what Discord does, it is made up for here, and each
// place says what.
import http from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [port, folder] = process.argv.slice(2)

// The peer listens on every interface.
const listen = http.Server.prototype.listen
http.Server.prototype.listen = function (port, ready) {
  return listen.call(this, port, '127.0.0.1', ready)
}

const entry = createRequire(path.join(folder, 'peers.js')).resolve('discord-digital-twin')
const { DigitalDiscord, generateSnowflake } = await import(pathToFileURL(entry))

const guild = '1000000000000000001'
const people = { '1000000000000000011': 'Lea', '1000000000000000012': 'Ada', '1000000000000000013': 'Ben' }
const discord = new DigitalDiscord({
  botToken: 'token',
  botUser: { id: '1000000000000000003', username: 'coach' },
  guild: { id: guild, name: 'Peer', ownerId: '1000000000000000011', channels: [{ id: '1000000000000000002', name: 'crew', type: 0 }] },
  users: Object.entries(people).map(([id, username]) => ({ id, username })),
})
await discord.start()
const { gateway } = discord.server
const bot = { id: discord.botUserId, username: 'coach', discriminator: '0', bot: true }
const direct = new Map() // the channel of direct messages, by user, and the user by channel
const posted = new Map() // every message that was told of, by id

// A session cannot be resumed. Discord would say so; the peer says nothing.
const hear = gateway.handleMessage.bind(gateway)
gateway.handleMessage = async (client, raw) => {
  if (JSON.parse(raw).op === 6) {
    gateway.send(client, { op: 9, d: false })
    return
  }
  await hear(client, raw)
}

// The peer tells everything to everybody, mentions nobody, and takes all to
// happen in a server.
const tell = gateway.broadcast.bind(gateway)
gateway.broadcast = (event, data) => {
  const inDirect = direct.has(data.channel_id)
  if (event === 'INTERACTION_CREATE' && inDirect) {
    const { member, guild_id, guild_locale, ...rest } = data
    data = { ...rest, user: member.user, context: 1 }
  }
  if (event === 'MESSAGE_CREATE' || event === 'MESSAGE_UPDATE') {
    posted.set(data.id, data)
    data = { ...data, ...aboutMessage(data, inDirect) }
    if (inDirect) {
      delete data.guild_id
      delete data.member
    }
  }
  tell(event, data)
}

// aboutMessage is what a message says of others, and its text, which an
// application without the privileged intent gets of those alone that mention it
// or are to it.
function aboutMessage(message, inDirect) {
  const about = { mentions: [], content: message.content }
  const original = posted.get(message.message_reference?.message_id)
  if (original) {
    Object.assign(about, { type: 19, referenced_message: original })
  }
  for (const user of [bot, ...Object.keys(people).map((id) => ({ id, username: people[id] }))]) {
    if (message.content.includes(`<@${user.id}>`) || original?.author.id === user.id) {
      about.mentions.push(user)
    }
  }
  const heard = inDirect || message.author.id === bot.id || about.mentions.includes(bot)
  if (!heard) {
    Object.assign(about, { content: '', embeds: [], components: [], attachments: [] })
  }
  return about
}

// The peer has no direct messages.
async function directChannel(user) {
  if (!direct.has(user)) {
    const id = generateSnowflake()
    await discord.prisma.channel.create({ data: { id, type: 1 } })
    direct.set(user, id).set(id, user)
  }
  return direct.get(user)
}

// what everybody sees: each message with the interaction that it answers.
async function state() {
  const rows = await discord.prisma.interactionResponse.findMany()
  const answers = new Map(rows.filter((r) => r.type === 4 || r.type === 5).map((r) => [r.messageId, r]))
  const channels = {}
  for (const { id } of await discord.prisma.channel.findMany()) {
    channels[id] = (await discord.channel(id).getMessages()).map((message) => {
      const row = answers.get(message.id)
      // The peer forgets of an answer that comes later who may see it.
      const hidden = row?.type === 5 && JSON.parse(row.data ?? '{}').flags
      return { ...message, flags: message.flags ?? (hidden || 0), interaction: row?.interactionId ?? '' }
    })
  }
  const commands = await discord.prisma.applicationCommand.findMany()
  return {
    url: discord.restUrl,
    connected: gateway.clients.some((client) => client.identified),
    commands: commands.map((c) => ({ name: c.name, options: JSON.parse(c.options) })),
    channels,
    direct: Object.fromEntries(direct),
  }
}

const actions = {
  state,
  direct: ({ user }) => directChannel(user),
  write: ({ user, channel, text, reply }) =>
    discord.simulateUserMessage({
      channelId: channel, userId: user, content: text,
      messageReference: reply ? { message_id: reply, channel_id: channel, guild_id: guild } : undefined,
    }),
  edit: ({ channel, message, text }) => discord.simulateUserMessageEdit({ channelId: channel, messageId: message, content: text }),
  delete: ({ channel, message }) => discord.simulateUserMessageDelete({ channelId: channel, messageId: message }),
  close: async ({ channel }) => (await fetch(`${discord.restUrl}/v10/channels/${channel}`, { method: 'DELETE' })).status,
  command: ({ user, channel, name, options }) => discord.simulateSlashCommand({ channelId: channel, userId: user, name, options }),
  // A press (type 3), or a window that is submitted (type 5).
  interact: ({ user, channel, type, message, data }) =>
    discord.simulateInteraction({ type, channelId: channel, userId: user, messageId: message || undefined, data }),
  answer: ({ interaction }) => discord.prisma.interactionResponse.findUnique({ where: { interactionId: interaction } }),
}

http
  .createServer(async (request, response) => {
    try {
      let body = ''
      for await (const chunk of request) {
        body += chunk
      }
      const { do: name, ...what } = JSON.parse(body)
      response.end(JSON.stringify((await actions[name](what)) ?? null))
    } catch (error) {
      response.writeHead(500).end(String(error.stack))
    }
  })
  .listen(Number(port))
