// Package slack is the adapter for Slack.
//
// Its words (limits.go, markup.go, render.go, squares.go, action.go, modal.go,
// field.go, home.go) turn what the coach says into Slack's blocks and views, and
// what comes back from them into the coach's verbs and arguments. They are pure:
// no network, no clock. The rest carries them there and back.
//
// In: [Platform.Routes] (http.go, verify.go) and Socket Mode (connections.go,
// socket.go) hand every payload to take.go. It is read (arrival.go and what
// reads each kind: event.go, command.go, interaction.go, notice.go), completed
// by what Slack tells of people and threads (people.go, threads.go), given to
// the handler, and acknowledged within 3 s. answer.go then finds the best way
// back to the one who asked; hometab.go keeps App Home as it has to be.
//
// Out: [Platform.Send] (send.go, upload.go) posts deliveries with their keys as
// metadata, by which [Platform.Find] (find.go) sees them again. All calls go
// through api.go, which keeps the pace of each method and retries nothing;
// errors.go says what Slack's errors mean for a delivery.
//
// It knows nothing of streaks, units or Redis, and it holds no words of its own:
// what people read comes from package coach as a Message or from package say.
package slack
