// Package bot is chat: it takes an Event in and gives a Message out. It holds
// the contract that every chat platform fulfils ([Platform]), what stands
// before the coach's answers to events ([Answer]), the outbox that carries
// deliveries out at each platform's pace ([Outbox]), what is counted of both
// ([Metrics]), and the way from a picture's data to its PNG ([Draw]). For the
// adapters it also has the way in for events ([Entrance]), the time within which
// people are answered ([Soon]), what their checks report ([Finding]), what one
// replica holds alone ([Leases]), what they remember of a platform ([Cache]) and
// where a character that people see ends ([Extends]).
//
// It knows nothing of streaks, units or Redis, and it holds no words: what is
// said comes from package coach as a Message. Each platform is one thin adapter
// in a folder of its own.
//
// To add a platform: implement [Platform] in bot/<name>, where Run decodes and
// verifies what comes in and hands each [coach.Event] to the handler it is
// given, Pace says how fast it takes messages, and Send renders a
// [coach.Message] and says of what failed whether it is worth another try; pass
// the suite in bot/platformtest; wire it in cmd/studycoach.
package bot
