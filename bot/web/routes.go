package web

import (
	"embed"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

//go:embed page
var page embed.FS

// Handler serves /playground and what is below it.
func (p *Playground) Handler() http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /playground", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "index.html")
	})
	mux.Handle("GET /playground/page/", http.StripPrefix("/playground/page/", http.FileServerFS(files)))
	mux.Handle("POST /playground/say", taking(p, p.say))
	mux.Handle("POST /playground/press", taking(p, p.press))
	mux.Handle("POST /playground/submit", taking(p, p.submit))
	mux.Handle("POST /playground/clock", taking(p, p.move))
	mux.HandleFunc("GET /playground/feed", p.showFeed)
	mux.HandleFunc("GET /playground/stream", p.stream)
	mux.HandleFunc("GET /playground/state", p.state)
	mux.HandleFunc("GET /playground/image/{name}", p.image)
	mux.HandleFunc("GET /playground/file/{id}/{name}", p.file)
	mux.HandleFunc("/playground/", func(w http.ResponseWriter, r *http.Request) {
		p.respond(w, nil, refuse(http.StatusNotFound, "There is nothing here. The page is at /playground."))
	})
	return p.guard(mux)
}

// showFeed answers with what is newer than ?after, as ?as sees it.
func (p *Playground) showFeed(w http.ResponseWriter, r *http.Request) {
	after, as, err := p.window(r)
	out := struct {
		Messages []messageView `json:"messages"`
		Last     int64         `json:"last"` // the next after
	}{Messages: []messageView{}}
	if err == nil {
		var messages []message
		messages, out.Last = p.feed.since(after, as)
		for _, m := range messages {
			out.Messages = append(out.Messages, m.view())
		}
	}
	p.respond(w, out, err)
}

type personView struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Zone  string `json:"zone"`
	Lead  bool   `json:"lead"`
	Local string `json:"local"` // the time where the person is, RFC 3339
}

type commandView struct {
	Name    string `json:"name"`
	Usage   string `json:"usage"`
	Summary string `json:"summary"`
	Lead    bool   `json:"lead"`
}

// state answers with what the page needs to begin.
func (p *Playground) state(w http.ResponseWriter, _ *http.Request) {
	out := struct {
		clockView
		People   []personView  `json:"people"`
		Rooms    []string      `json:"rooms"`
		Commands []commandView `json:"commands"`
		MaxText  int           `json:"maxText"` // characters
	}{clockView: p.clockView(), Rooms: p.opts.Rooms, Commands: []commandView{}, MaxText: maxText}
	for _, x := range p.opts.People {
		local := out.Now.In(p.zones[x.ID]).Format(time.RFC3339)
		out.People = append(out.People, personView{x.ID, x.Name, x.Zone, x.Lead, local})
	}
	for _, c := range p.opts.Commands {
		out.Commands = append(out.Commands, commandView{Name: c.Name, Usage: c.Usage, Summary: c.Summary, Lead: c.Lead})
	}
	p.respond(w, out, nil)
}

// image answers with a picture: "12.png" is the first of message 12,
// "12-3.png" the one in its block 3.
func (p *Playground) image(w http.ResponseWriter, r *http.Request) {
	png, err := p.picture(r.PathValue("name"))
	if err != nil {
		p.respond(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(png) // the reader may be gone
}

func (p *Playground) picture(name string) ([]byte, error) {
	m, block, ok := p.pictured(name)
	if !ok || p.opts.Draw == nil {
		return nil, refuse(http.StatusNotFound, "There is no picture %q.", short(name))
	}
	key := m.imageURL(block)
	if png, known := p.pictures.get(key); known {
		return png, nil
	}
	png, err := p.opts.Draw(*m.Message.Blocks[block].Image)
	if err != nil {
		return nil, fmt.Errorf("draw picture %s: %w", name, err)
	}
	p.pictures.put(key, png)
	return png, nil
}

var pictureName = regexp.MustCompile(`^(\d{1,18})(?:-(\d{1,3}))?\.png$`)

// pictured finds the message and block of a picture.
func (p *Playground) pictured(name string) (m message, block int, ok bool) {
	parts := pictureName.FindStringSubmatch(name)
	if parts == nil {
		return m, 0, false
	}
	// The pattern has numbers that fit.
	seq, _ := strconv.ParseInt(parts[1], 10, 64)
	if m, ok = p.feed.get(seq); !ok || m.Message == nil {
		return m, 0, false
	}
	if block = m.firstImage(); parts[2] != "" {
		block, _ = strconv.Atoi(parts[2])
	}
	ok = 0 <= block && block < len(m.Message.Blocks) && m.Message.Blocks[block].Image != nil
	return m, block, ok
}

// file answers with a document that a person received.
func (p *Playground) file(w http.ResponseWriter, r *http.Request) {
	f, ok := p.files.get(r.PathValue("id"))
	if !ok || f.Name != r.PathValue("name") {
		p.respond(w, nil, refuse(http.StatusNotFound, "The file is no longer here. Ask the coach for it again."))
		return
	}
	w.Header().Set("Content-Type", f.Type)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	_, _ = w.Write(f.Data) // the reader may be gone
}
