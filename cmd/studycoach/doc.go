// Command studycoach is a study bot: it takes cohorts through a roadmap in chat.
// It speaks Slack and Discord, and its playground is a chat platform in the
// process.
//
// # A tour
//
// Read the code from the bottom up; each folder's doc.go says what belongs in
// it and what never does.
//
//   - schedule knows when: dates, wall-clock rules and their occurrences,
//     durable jobs, and the runner that works them off.
//   - content is what is taught, embedded as YAML; content/say holds every word
//     the bot says about itself and its learners.
//   - coach is the domain. coach.Handle answers an event, coach.Fire carries out
//     a job; store.go is the contract of what keeps the state.
//   - coach/redisstore fulfils that contract on Redis, and on an embedded Redis
//     with a journal; coach/storetest is the suite that both pass.
//   - bot is chat: the contract of a platform, and the outbox that carries
//     messages out. bot/slack, bot/discord and bot/web, the playground, each
//     fulfil it, and pass the suite in bot/platformtest; bot/picture draws.
//   - this command reads flags and environment and wires it all.
//
// Two journeys show how the parts meet. A check-in: the adapter decodes an
// Event; coach.Handle finds the command, loads the learner, applies a pure rule
// and commits the changed state with the jobs it causes; content/say renders
// the line; the adapter shows the Message. A prompt: its job was stored when the
// one before ran; the runner claims it under a lease; coach.Fire commits the
// delivery and the next occurrence; the runner claims the delivery; the outbox
// hands it to the platform.
//
// # Exit codes
//
//	0  it did what was asked; serve: it was told to stop and did
//	1  it failed: the store cannot be opened, a check found a fault, …
//	2  the command line or the environment is wrong
package main
