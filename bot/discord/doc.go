// Package discord is the adapter for Discord. One half of it is pure and
// knows no network: it turns what the coach says into what Discord shows, and
// what comes back from Discord into verbs and arguments. The other half talks
// to Discord and decides nothing about looks.
//
// The pure half, from the outside in:
//
//   - limits.go: Discord's limits, and the one place that cuts text;
//   - markup.go: the markup of package say as Discord's markdown, with people's
//     words taken literally;
//   - render.go: a [coach.Message] as posts of embeds, buttons and pictures;
//   - customid.go: what a button carries, and how it is read back;
//   - form*.go: a [coach.Form] as a window of text inputs, or as a message that
//     is filled step by step and itself holds what was filled so far;
//   - commands.go, suggest.go: the command table as Discord's slash commands, and a command
//     that somebody sent as the verb, text and arguments that the coach takes.
//
// The other half, from the outside in:
//
//   - gateway.go, shard.go, connection.go: events by websocket, of which one
//     replica holds each shard; dispatch.go says who takes which event;
//   - http.go: signed interactions by HTTP, in place of the gateway's or beside
//     them;
//   - decode.go, messages.go: interactions and written words as events;
//   - answer.go: what the coach replies, in time or later;
//   - send.go, mark.go, find.go: deliveries, sent once and found again;
//   - people.go, rooms.go, permissions.go, changes.go: whose server a direct
//     message is about, and what becomes of rooms and servers;
//   - rest.go, buckets.go, breaker.go, errors.go: the API, its limits, and what
//     to do about a request that failed;
//   - register.go, check.go: setting the bot up.
//
// Whoever sends a post sets allowed_mentions to nothing: escaping keeps people's
// words from looking like a mention, but only that keeps them from being one.
//
// Words that people read are in package say, and rules of study in package
// coach; neither belongs here.
package discord
