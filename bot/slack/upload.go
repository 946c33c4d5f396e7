package slack

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"studycoach/bot"
	"studycoach/coach"
)

// Uploading takes three steps
// (https://docs.slack.dev/messaging/working-with-files#upload), and Slack goes on
// working on the file after the last; until then no message takes it.
const (
	readyTime = 3 * time.Second        // that a file is waited for
	readyPoll = 250 * time.Millisecond // between looks
)

// upload draws and uploads the pictures of a message, and returns their ids in
// order; empty of one that failed. One that was uploaded before is not uploaded
// again: a delivery may take several attempts.
func (p *Platform) upload(ctx context.Context, m coach.Message) []string {
	var ids []string
	for _, b := range m.Blocks {
		if b.Image == nil {
			continue
		}
		sum := sha256.Sum256([]byte(encode(b.Image)))
		id, known := p.pictures.Get(string(sum[:]))
		if !known {
			var err error
			if id, err = p.uploadPicture(ctx, *b.Image); err != nil {
				p.log.Warn("A picture could not be shown; its description is.", "err", err)
			} else if id != "" {
				p.pictures.Put(string(sum[:]), id)
			}
		}
		ids = append(ids, id)
	}
	return ids
}

// pictured shows a post in some way; and with its pictures in words where Slack
// refuses those, because somebody has deleted the file, say.
func (p *Platform) pictured(ctx context.Context, s post, show way) error {
	err := show(ctx, s)
	if codeOf(err) != "invalid_blocks" || !s.pictured() {
		return err
	}
	p.log.Warn("A picture was refused; its description is shown.", "err", err)
	p.pictures.Clear()
	return show(ctx, s.inWords())
}

func (p *Platform) uploadPicture(ctx context.Context, i coach.Image) (string, error) {
	if p.o.Draw == nil {
		return "", nil
	}
	png, err := p.o.Draw(i)
	if err != nil {
		return "", err
	}
	id, err := p.uploadFile(ctx, coach.File{Name: "chart.png", Type: "image/png", Data: png}, i.Alt)
	if err != nil {
		return "", err
	}
	if err := p.completeUpload(ctx, "", id); err != nil {
		return "", err
	}
	if err := p.awaitFile(ctx, id); err != nil {
		return "", err
	}
	return id, nil
}

// maxAltText is how long the description of a file may be, in characters
// (https://docs.slack.dev/reference/methods/files.getUploadURLExternal#errors).
const maxAltText = 1000

// uploadFile uploads a file, which nobody sees yet.
func (p *Platform) uploadFile(ctx context.Context, f coach.File, alt string) (id string, err error) {
	v := url.Values{"filename": {f.Name}, "length": {strconv.Itoa(len(f.Data))}}
	if alt != "" {
		v.Set("alt_txt", cut(alt, maxAltText, verbatim))
	}
	var got struct {
		URL string `json:"upload_url"`
		ID  string `json:"file_id"`
	}
	if err := p.api.call(ctx, "files.getUploadURLExternal", v, &got); err != nil {
		return "", err
	}
	_, err = p.api.post(ctx, "upload", got.URL, http.Header{"Content-Type": {f.Type}}, f.Data)
	return got.ID, err
}

// completeUpload ends the upload of files, and shares them in a channel unless
// that is empty.
func (p *Platform) completeUpload(ctx context.Context, channel string, ids ...string) error {
	var files []map[string]string
	for _, id := range ids {
		files = append(files, map[string]string{"id": id})
	}
	raw, err := json.Marshal(files)
	if err != nil {
		return err
	}
	v := url.Values{"files": {string(raw)}}
	if channel != "" {
		v.Set("channel_id", channel)
	}
	return p.api.call(ctx, "files.completeUploadExternal", v, nil)
}

// awaitFile waits until a message takes a file: once Slack knows its type.
func (p *Platform) awaitFile(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	for {
		var got struct {
			File struct {
				Type string `json:"mimetype"`
			} `json:"file"`
		}
		err := p.api.call(ctx, "files.info", url.Values{"file": {id}}, &got)
		switch {
		case err == nil && got.File.Type != "":
			return nil
		case err != nil && codeOf(err) != "file_not_found":
			return err
		case bot.Sleep(ctx, readyPoll) != nil:
			return ctx.Err()
		}
	}
}

// showFiles puts files into the direct messages of the one who asked.
func (p *Platform) showFiles(ctx context.Context, q *asked, files []coach.File) error {
	if len(files) == 0 {
		return nil
	}
	channel, err := p.directChannel(ctx, q.user)
	if err != nil {
		return err
	}
	var ids []string
	for _, f := range files {
		id, err := p.uploadFile(ctx, f, "")
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	return p.completeUpload(ctx, channel, ids...)
}
