package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"strconv"
)

// multi is a body with files beside its JSON
// (https://docs.discord.com/developers/reference#uploading-files).
type multi struct {
	payload any
	files   []file
}

// file is an attachment.
type file struct {
	name string
	kind string // its media type
	alt  string // what it shows; may be empty
	data []byte
}

// attachment is what the JSON says of a file.
type attachment struct {
	ID          string `json:"id"` // the file's place
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
}

// attachments describes files.
func attachments(files []file) []attachment {
	all := make([]attachment, 0, len(files))
	for i, f := range files {
		all = append(all, attachment{ID: strconv.Itoa(i), Filename: f.name, Description: f.alt})
	}
	return all
}

// withFiles is the body for a payload: plain JSON where there are no files.
func withFiles(payload any, files []file) any {
	if len(files) == 0 {
		return payload
	}
	return &multi{payload: payload, files: files}
}

func (f *multi) encode() ([]byte, string, error) {
	raw, err := json.Marshal(f.payload)
	if err != nil {
		return nil, "", errors.New("the request cannot be written as JSON")
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	put := func(name, filename, kind string, data []byte) error {
		h := textproto.MIMEHeader{"Content-Type": {kind}}
		disposition := fmt.Sprintf(`form-data; name=%q`, name)
		if filename != "" {
			disposition += fmt.Sprintf(`; filename=%q`, filename)
		}
		h.Set("Content-Disposition", disposition)
		part, err := w.CreatePart(h)
		if err == nil {
			_, err = part.Write(data)
		}
		return err
	}
	err = put("payload_json", "", "application/json", raw)
	for i, x := range f.files {
		err = errors.Join(err, put(fmt.Sprintf("files[%d]", i), x.name, x.kind, x.data))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, "", err
	}
	return b.Bytes(), w.FormDataContentType(), nil
}
