// Package web is the playground: a chat platform in this process, with pretend
// people, for trying the coach without an account anywhere.
//
// Everything behind the page is the real coach; the playground only stands
// where Slack or Discord would. It keeps a feed of messages ([Playground]
// fulfils bot.Platform), shows it as a page and as a JSON interface, and has a
// [Clock] that can be moved forward.
//
// A message's life: what a person does comes in through say.go, press.go or
// form.go, becomes a coach.Event, and the answer goes into the feed for that
// person alone; what the outbox delivers goes into the feed through Send. The
// feed (feed.go) is kept in a file (history.go), shown by view.go, and watched
// over server-sent events (stream.go). The files under page are the page.
//
// It answers on loopback only and knows no accounts: whoever reaches it is
// everyone on it.
package web
