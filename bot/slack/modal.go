package slack

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"

	"github.com/slack-go/slack"

	"studycoach/coach"
	"studycoach/content/say"
)

// where is what an event needs to know when a form comes back. It travels in
// the view's private_metadata.
type where struct {
	Room   coach.RoomID `json:"room"`
	Thread string       `json:"thread,omitempty"` // the ts of the message in whose thread the answer goes
}

// filling is what a view carries: which form it is, and where it was opened.
type filling struct {
	Verb  string            `json:"verb"`
	Args  map[string]string `json:"args,omitempty"`
	Where where             `json:"where"`
}

// formID is the callback id of every form.
const formID = prefix + "form"

// modal makes the view of a form. An error stands above its field, as a view
// that is opened has no other place for one.
func modal(f coach.Form, w where) slack.ModalViewRequest {
	var all []part
	if f.Intro != "" {
		all = paragraphs(spans(f.Intro))
	}
	for _, field := range f.Fields {
		control := control(field)
		if control == nil {
			continue
		}
		if field.Error != "" {
			all = append(all, paragraphs([]say.Span{{Text: "⚠ " + tidy(field.Error), Style: say.Bold}})...)
		}
		block := slack.NewInputBlock(blockID(f, field), plain(field.Label, maxLabel), nil, control)
		if field.Hint != "" {
			block.Hint = plain(field.Hint, maxHint)
		}
		block.Optional = field.Optional || field.Kind == coach.FieldYes
		all = append(all, part{block: block})
	}
	return slack.ModalViewRequest{
		Type:            slack.VTModal,
		CallbackID:      formID,
		Title:           plain(f.Title, maxTitle),
		Submit:          plain(cmp.Or(f.Submit, say.ButtonSave.String()), maxTitle),
		PrivateMetadata: encode(filling{f.Verb, f.Args, w}),
		Blocks:          slack.Blocks{BlockSet: view(all)},
	}
}

// blockID names the block of a form's field. Slack keeps what people typed into
// a block when another view has one of the same id, so an id is of one form, and
// of one value that the field holds at first.
func blockID(f coach.Form, field coach.FormField) string {
	sum := sha256.Sum256([]byte(encode([]any{f.Verb, f.Args, field.Kind, field.Value})))
	return prefix + hex.EncodeToString(sum[:6]) + "/" + field.Name
}

// submitted reads a submitted view: the form's verb, its arguments and values
// as coach.FormField has them, and where it was opened. It refuses what the bot
// did not make with errForeign.
func submitted(v slack.View) (verb string, args map[string]string, w where, err error) {
	var f filling
	if v.CallbackID != formID || json.Unmarshal([]byte(v.PrivateMetadata), &f) != nil || f.Verb == "" {
		return "", nil, where{}, errForeign
	}
	args = map[string]string{}
	maps.Copy(args, f.Args)
	for name, in := range inputs(v) {
		args[name] = in.value
	}
	return f.Verb, args, f.Where, nil
}

// again answers the submission of a view with a form to mend. Where that is the
// view's own form with what was submitted, and each error has a field there, the
// view stays and shows them; else it gives way to a new one.
func again(v slack.View, f coach.Form, w where) *slack.ViewSubmissionResponse {
	open, errs := inputs(v), map[string]string{}
	same := v.CallbackID == formID && v.PrivateMetadata == encode(filling{f.Verb, f.Args, w}) && len(open) == len(f.Fields)
	for _, field := range f.Fields {
		in, is := open[field.Name]
		same = same && is && in.value == field.Value
		if field.Error != "" {
			errs[in.block] = tidy(field.Error)
		}
	}
	if same && len(errs) > 0 {
		return slack.NewErrorsViewSubmissionResponse(errs)
	}
	view := modal(f, w)
	return slack.NewUpdateViewSubmissionResponse(&view)
}
