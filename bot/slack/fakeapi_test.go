package slack

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// answer answers a call as Slack does.
func (f *fakeSlack) answer(w http.ResponseWriter, r *http.Request, method string, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	switch method {
	case "respond":
		f.respond(w, r.URL.Path, body)
		return
	case "upload":
		file := f.files[strings.TrimPrefix(r.URL.Path, "/upload/")]
		if file == nil {
			http.NotFound(w, r)
			return
		}
		file.data = body
		return
	}
	v, err := url.ParseQuery(string(body))
	if err != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	want := botToken
	if method == "apps.connections.open" {
		want = appToken
	}
	if r.Header.Get("Authorization") != "Bearer "+want {
		no(w, "invalid_auth")
		return
	}
	w.Header().Set("X-OAuth-Scopes", f.scopes)
	do, known := map[string]func(http.ResponseWriter, url.Values){
		"auth.test": func(w http.ResponseWriter, _ url.Values) {
			succeed(w, map[string]any{"team_id": teamID, "user_id": botUser, "bot_id": botID, "team": "Team", "user": "coach"})
		},
		"apps.connections.open": func(w http.ResponseWriter, _ url.Values) {
			succeed(w, map[string]any{"url": strings.Replace(f.server.URL, "http", "ws", 1) + "/socket?ticket=canary-ticket"})
		},
		"bots.info": func(w http.ResponseWriter, _ url.Values) {
			succeed(w, map[string]any{"bot": map[string]string{"id": botID, "app_id": appID}})
		},
		"chat.postMessage":             f.postMessage,
		"chat.postEphemeral":           f.postEphemeralMessage,
		"chat.update":                  f.updateMessage,
		"conversations.open":           f.openDirect,
		"conversations.history":        f.history,
		"conversations.replies":        f.replies,
		"users.info":                   f.userInfo,
		"views.open":                   f.openView,
		"views.push":                   f.openView,
		"views.publish":                f.publishView,
		"files.getUploadURLExternal":   f.uploadURL,
		"files.completeUploadExternal": f.finishUpload,
		"files.info":                   f.fileInfo,
	}[method]
	if !known {
		no(w, "unknown_method")
		return
	}
	do(w, v)
}

func succeed(w http.ResponseWriter, fields map[string]any) {
	fields["ok"] = true
	_ = json.NewEncoder(w).Encode(fields)
}

func no(w http.ResponseWriter, code string) {
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error": code})
}

// blocksOf reads blocks; a picture in them has to be ready.
func (f *fakeSlack) blocksOf(raw string) ([]any, bool) {
	var blocks []any
	if raw == "" {
		return nil, true
	}
	if raw == "[]" { // takes away those that are there
		return blocks, true
	}
	if json.Unmarshal([]byte(raw), &blocks) != nil || !f.takesBlocks(raw) {
		return nil, false
	}
	for _, b := range blocks {
		if b := b.(map[string]any); b["type"] == "image" {
			file, _ := b["slack_file"].(map[string]any)
			id, _ := file["id"].(string)
			if x := f.files[id]; x == nil || !x.complete || x.kind == "" {
				return nil, false
			}
		}
	}
	return blocks, true
}

// said is the message that a call wants said; its error is written.
func (f *fakeSlack) said(w http.ResponseWriter, v url.Values) (*fakeRoom, *fakeMessage) {
	room := f.rooms[v.Get("channel")]
	switch {
	case room == nil:
		no(w, "channel_not_found")
	case room.archived:
		no(w, "is_archived")
	case room.user == "" && !room.members[botUser]:
		no(w, "not_in_channel")
	case v.Get("text") == "" && v.Get("blocks") == "":
		no(w, "no_text")
	default:
		blocks, ok := f.blocksOf(v.Get("blocks"))
		if !ok {
			no(w, "invalid_blocks")
			return nil, nil
		}
		m := &fakeMessage{ts: f.ts(), thread: v.Get("thread_ts"), user: botUser, bot: botID, text: v.Get("text"), blocks: blocks}
		if raw := v.Get("metadata"); raw != "" {
			m.metadata = json.RawMessage(raw)
		}
		return room, m
	}
	return nil, nil
}

func (f *fakeSlack) postMessage(w http.ResponseWriter, v url.Values) {
	if room, m := f.said(w, v); room != nil {
		room.messages = append(room.messages, m)
		succeed(w, map[string]any{"channel": room.id, "ts": m.ts})
	}
}

func (f *fakeSlack) postEphemeralMessage(w http.ResponseWriter, v url.Values) {
	room, m := f.said(w, v)
	switch {
	case room == nil:
	case !room.members[v.Get("user")]:
		no(w, "user_not_in_channel")
	default:
		m.to = v.Get("user")
		room.messages = append(room.messages, m)
		succeed(w, map[string]any{"message_ts": m.ts})
	}
}

func (f *fakeSlack) updateMessage(w http.ResponseWriter, v url.Values) {
	room, m := f.said(w, v)
	if room == nil {
		return
	}
	old := room.find(v.Get("ts"))
	if old == nil || old.user != botUser || old.to != "" {
		no(w, "message_not_found")
		return
	}
	old.text, old.blocks = m.text, m.blocks
	succeed(w, map[string]any{"channel": room.id, "ts": old.ts})
}

func (r *fakeRoom) find(ts string) *fakeMessage {
	for _, m := range r.messages {
		if m.ts == ts {
			return m
		}
	}
	return nil
}

// respond takes an answer at a response URL.
func (f *fakeSlack) respond(w http.ResponseWriter, path string, body []byte) {
	u := f.urls[path]
	var in struct {
		Type    string          `json:"response_type"`
		Text    string          `json:"text"`
		Blocks  json.RawMessage `json:"blocks"`
		Replace bool            `json:"replace_original"`
	}
	if u == nil || json.Unmarshal(body, &in) != nil || in.Type != "ephemeral" {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"ok":false,"error":"invalid_url"}`))
		return
	}
	if u.uses++; u.uses > 5 {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"ok":false,"error":"used_url"}`))
		return
	}
	blocks, ok := f.blocksOf(string(in.Blocks))
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"ok":false,"error":"invalid_blocks"}`))
		return
	}
	if in.Replace && u.message != nil {
		u.message.text, u.message.blocks = in.Text, blocks
	} else {
		f.show(u.user, u.channel, in.Text, blocks)
	}
	_, _ = w.Write([]byte(`{"ok":true}`))
}

// show shows a message to one user.
func (f *fakeSlack) show(user, channel, text string, blocks []any) {
	room := f.rooms[channel]
	room.messages = append(room.messages, &fakeMessage{ts: f.ts(), user: botUser, bot: botID, to: user, text: text, blocks: blocks})
}

func (f *fakeSlack) openDirect(w http.ResponseWriter, v url.Values) {
	user := f.users[v.Get("users")]
	switch {
	case user == nil:
		no(w, "user_not_found")
	case user.Deleted:
		no(w, "user_disabled")
	default:
		succeed(w, map[string]any{"channel": map[string]string{"id": f.direct(user.ID)}})
	}
}

// direct is the channel of the direct messages with somebody.
func (f *fakeSlack) direct(user string) string {
	id := f.directs[user]
	if id == "" {
		id = f.next("D0")
		f.directs[user] = id
		f.rooms[id] = &fakeRoom{id: id, user: user}
	}
	return id
}

func (f *fakeSlack) history(w http.ResponseWriter, v url.Values) {
	room := f.rooms[v.Get("channel")]
	if room == nil {
		no(w, "channel_not_found")
		return
	}
	var all []*fakeMessage
	for _, m := range slices.Backward(room.messages) {
		if m.to == "" && (m.thread == "" || m.thread == m.ts) && m.ts >= v.Get("oldest") {
			all = append(all, m)
		}
	}
	f.page(w, v, all)
}

func (f *fakeSlack) replies(w http.ResponseWriter, v url.Values) {
	room := f.rooms[v.Get("channel")]
	if room == nil || room.find(v.Get("ts")) == nil {
		no(w, "thread_not_found")
		return
	}
	var all []*fakeMessage
	for _, m := range room.messages {
		if m.to == "" && (m.ts == v.Get("ts") || m.thread == v.Get("ts")) {
			all = append(all, m)
		}
	}
	f.page(w, v, all)
}

func (f *fakeSlack) page(w http.ResponseWriter, v url.Values, all []*fakeMessage) {
	from, _ := strconv.Atoi(v.Get("cursor"))
	limit, _ := strconv.Atoi(v.Get("limit"))
	next := ""
	if end := from + limit; limit > 0 && end < len(all) {
		all, next = all[:end], strconv.Itoa(end)
	}
	messages := []map[string]any{}
	for _, m := range all[min(from, len(all)):] {
		x := map[string]any{"type": "message", "ts": m.ts, "user": m.user, "text": m.text}
		if m.bot != "" {
			x["bot_id"] = m.bot
		}
		if m.metadata != nil && v.Get("include_all_metadata") == "true" {
			x["metadata"] = m.metadata
		}
		messages = append(messages, x)
	}
	succeed(w, map[string]any{"messages": messages, "has_more": next != "", "response_metadata": map[string]string{"next_cursor": next}})
}

func (f *fakeSlack) userInfo(w http.ResponseWriter, v url.Values) {
	u := f.users[v.Get("user")]
	if u == nil {
		no(w, "user_not_found")
		return
	}
	succeed(w, map[string]any{"user": u.object()})
}

func (u *fakeUser) object() map[string]any {
	return map[string]any{
		"id": u.ID, "team_id": u.Team, "name": strings.ToLower(u.Name), "tz": u.Zone, "deleted": u.Deleted,
		"is_restricted": u.Guest, "is_ultra_restricted": u.Guest,
		"profile": map[string]string{"display_name": u.Name},
	}
}

func (f *fakeSlack) openView(w http.ResponseWriter, v url.Values) {
	user := f.triggers[v.Get("trigger_id")]
	if user == "" {
		no(w, "expired_trigger_id")
		return
	}
	delete(f.triggers, v.Get("trigger_id"))
	var view map[string]any
	if json.Unmarshal([]byte(v.Get("view")), &view) != nil || view["type"] != "modal" || !f.takesModal(v.Get("view")) {
		no(w, "invalid_arguments")
		return
	}
	f.views[user] = &fakeView{id: f.next("V"), view: view}
	succeed(w, map[string]any{"view": map[string]any{"id": f.views[user].id}})
}

func (f *fakeSlack) publishView(w http.ResponseWriter, v url.Values) {
	if !f.takesHome(v.Get("view")) {
		no(w, "invalid_arguments")
		return
	}
	f.homes[v.Get("user_id")] = v.Get("view")
	succeed(w, map[string]any{"view": map[string]any{}})
}

func (f *fakeSlack) uploadURL(w http.ResponseWriter, v url.Values) {
	if n, err := strconv.Atoi(v.Get("length")); err != nil || n == 0 || len(v.Get("alt_txt")) > 4000 {
		no(w, "missing_argument")
		return
	}
	id := f.next("F0")
	f.files[id] = &fakeFile{id: id, name: v.Get("filename")}
	succeed(w, map[string]any{"upload_url": f.server.URL + "/upload/" + id, "file_id": id})
}

func (f *fakeSlack) finishUpload(w http.ResponseWriter, v url.Values) {
	var list []struct {
		ID string `json:"id"`
	}
	if json.Unmarshal([]byte(v.Get("files")), &list) != nil || len(list) == 0 {
		no(w, "invalid_arguments")
		return
	}
	var files []*fakeFile
	for _, x := range list {
		file := f.files[x.ID]
		if file == nil || len(file.data) == 0 {
			no(w, "file_not_found")
			return
		}
		file.complete = true
		files = append(files, file)
	}
	if id := v.Get("channel_id"); id != "" {
		room := f.rooms[id]
		if room == nil {
			no(w, "channel_not_found")
			return
		}
		room.messages = append(room.messages, &fakeMessage{ts: f.ts(), user: botUser, bot: botID, files: files})
	}
	succeed(w, map[string]any{"files": list})
}

// fileInfo tells of a file. Its type is known at the second look.
func (f *fakeSlack) fileInfo(w http.ResponseWriter, v url.Values) {
	file := f.files[v.Get("file")]
	if file == nil || !file.complete {
		no(w, "file_not_found")
		return
	}
	if file.looks++; file.looks > 1 || f.instant {
		file.kind = http.DetectContentType(file.data)
	}
	succeed(w, map[string]any{"file": map[string]any{"id": file.id, "mimetype": file.kind}})
}

// trigger makes a trigger, which opens one form.
func (f *fakeSlack) trigger(user string) string {
	id := f.next("12345.67890.canary-trigger-")
	f.triggers[id] = user
	return id
}

// answerURL makes a response URL.
func (f *fakeSlack) answerURL(user, channel string, m *fakeMessage) string {
	path := "/respond/" + f.next("canary-url-")
	f.urls[path] = &fakeURL{user: user, channel: channel, message: m}
	return f.server.URL + path
}
