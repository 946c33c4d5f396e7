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
//   - commands*.go: the command table as Discord's slash commands, and a command
//     that somebody sent as the verb, text and arguments that the coach takes.
//
// Whoever sends a post sets allowed_mentions to nothing: escaping keeps people's
// words from looking like a mention, but only that keeps them from being one.
//
// Words that people read are in package say, and rules of study in package
// coach; neither belongs here.
package discord
