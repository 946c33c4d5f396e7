// Package platformtest is the suite that every chat platform passes: what
// [bot.Platform] promises, as a person at the other end of it would find out.
//
// A platform's own tests open a [Subject], the adapter beside something that
// stands where its people do: a fake of the platform's service, with a [Chat]
// to act and look around in it. What only one platform has (signatures,
// reconnects, rate limits) is no part of the suite and tested beside it.
package platformtest
