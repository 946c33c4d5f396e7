//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestImage builds what the Dockerfile builds and runs it where its image
// would: alone in an empty root, as a user without rights. What the image is
// like is read from the Dockerfile.
func TestImage(t *testing.T) {
	if os.Getuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("only root may change the root folder, and CI has to")
		}
		t.Skip("only root may change the root folder")
	}
	img := buildImage(t, "v1.2.3-image")

	t.Run("version", func(t *testing.T) {
		if got := img.output(t, "version"); !strings.Contains(got, "v1.2.3-image") {
			t.Errorf("version prints %q", got)
		}
	})
	t.Run("zones and root certificates", func(t *testing.T) {
		binary, err := os.ReadFile(filepath.Join(img.root, img.entrypoint[0]))
		if err != nil {
			t.Fatal(err)
		}
		for _, pkg := range []string{"time/tzdata", "golang.org/x/crypto/x509roots/fallback"} {
			if !bytes.Contains(binary, []byte(pkg+".init")) {
				t.Errorf("%s is not compiled in", pkg)
			}
		}
	})
	t.Run("content", func(t *testing.T) {
		if got := img.output(t, "content", "show", "w01d1"); !strings.Contains(got, "w01d1") {
			t.Errorf("content show w01d1 prints %q", got)
		}
	})
	t.Run("serve", img.serve)
}

// serve starts the server, waits until it is healthy and stops it, as Docker
// would.
func (img image) serve(t *testing.T) {
	img.env = append(img.env, "STUDYCOACH_HTTP_ADDR="+freeAddr(t))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	if img.command(ctx, img.health...).Run() == nil {
		t.Fatal("healthy before it runs")
	}

	var log bytes.Buffer
	server := img.command(ctx, img.entrypoint...)
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()

	for img.command(ctx, img.health...).Run() != nil {
		select {
		case err := <-ended:
			t.Fatalf("ended by itself: %v\n%s", err, &log)
		default: // not yet
		}
	}

	stopping := time.Now()
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, &log)
	}
	if took := time.Since(stopping); took > 10*time.Second {
		t.Errorf("took %v to stop", took)
	}
	if kept, err := os.ReadDir(filepath.Join(img.root, img.volume)); len(kept) == 0 {
		t.Error("nothing is kept in the volume", err)
	}
}

// image is a root folder and how to run what is in it.
type image struct {
	root       string // the folder, as seen from outside
	volume     string
	entrypoint []string
	health     []string
	env        []string
	user       *syscall.Credential
}

// buildImage does what the Dockerfile says, as far as that goes without Docker.
func buildImage(t *testing.T, version string) image {
	t.Helper()
	img := image{
		root:   t.TempDir(),
		volume: instruction(t, "VOLUME"),
		env:    strings.Fields(instruction(t, "ENV")),
		user:   &syscall.Credential{},
	}
	if _, err := fmt.Sscanf(instruction(t, "USER"), "%d:%d", &img.user.Uid, &img.user.Gid); err != nil || img.user.Uid == 0 {
		t.Fatalf("the image's user is %d: %v", img.user.Uid, err)
	}

	line := "CGO_ENABLED=0 go build " + instruction(t, "RUN CGO_ENABLED=0 go build")
	build := exec.CommandContext(t.Context(), "sh", "-c", strings.ReplaceAll(line, "/out/", img.root+"/"))
	build.Dir, build.Env = top, append(os.Environ(), "VERSION="+version)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}

	volume := filepath.Join(img.root, img.volume)
	if err := errors.Join(
		json.Unmarshal([]byte(instruction(t, "ENTRYPOINT")), &img.entrypoint),
		json.Unmarshal([]byte(instruction(t, "HEALTHCHECK CMD")), &img.health),
		os.Chmod(img.root, 0o755),
		os.Mkdir(volume, 0o755),
		os.Chown(volume, int(img.user.Uid), int(img.user.Gid)),
	); err != nil {
		t.Fatal(err)
	}
	return img
}

// instruction returns what the Dockerfile says after the last line that begins
// so. All its instructions are of one line.
func instruction(t *testing.T, begin string) (rest string) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(top, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		if after, ok := strings.CutPrefix(line, begin+" "); ok {
			rest = strings.TrimSpace(after)
		}
	}
	if rest == "" {
		t.Fatalf("the Dockerfile has no %s", begin)
	}
	return rest
}

// command is ready to run inside the image.
func (img image) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = img.volume, img.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: img.root, Credential: img.user}
	return cmd
}

// output runs a command of the binary and returns what it prints.
func (img image) output(t *testing.T, args ...string) string {
	t.Helper()
	out, err := img.command(t.Context(), append(img.entrypoint, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// freeAddr returns an address of this machine where nobody listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
