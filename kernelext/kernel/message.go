package kernel

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

const protocolVersion = "5.4"

// delimiter ends the routing part of a message.
var delimiter = []byte("<IDS|MSG>")

type header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
}

// request is one message of a front end.
type request struct {
	from    [][]byte // the way back
	kind    string
	header  json.RawMessage // parent of everything that answers it
	content json.RawMessage
	number  int64 // order of arrival
}

// signer proves by HMAC-SHA256 that both sides hold the connection file's key.
// An empty key signs nothing and trusts everyone, as the protocol says.
type signer struct{ key []byte }

func (s signer) sign(parts ...[]byte) []byte {
	if len(s.key) == 0 {
		return []byte{}
	}
	mac := hmac.New(sha256.New, s.key)
	for _, p := range parts {
		mac.Write(p)
	}
	return []byte(hex.EncodeToString(mac.Sum(nil)))
}

// read takes a message apart: routing, delimiter, signature, header, parent,
// metadata, content, and buffers that nothing here uses.
func (s signer) read(frames [][]byte) (request, error) {
	at := slices.IndexFunc(frames, func(f []byte) bool { return bytes.Equal(f, delimiter) })
	if at < 0 || len(frames) < at+6 {
		return request{}, fmt.Errorf("message of %d frames: want a delimiter and five frames behind it", len(frames))
	}
	body := frames[at+1:]
	if len(s.key) > 0 && !hmac.Equal(body[0], s.sign(body[1:5]...)) {
		return request{}, errors.New("message with a wrong signature")
	}
	var h header
	if err := json.Unmarshal(body[1], &h); err != nil {
		return request{}, fmt.Errorf("header of a message: %w", err)
	}
	if h.Type == "" || !json.Valid(body[4]) {
		return request{}, errors.New("message without a type or with broken content")
	}
	return request{from: frames[:at], kind: h.Type, header: body[1], content: body[4]}, nil
}

// writer makes the messages of one kernel.
type writer struct {
	signer
	session string
	count   *atomic.Int64
}

func newWriter(key string) writer {
	return writer{signer: signer{[]byte(key)}, session: randomID(), count: new(atomic.Int64)}
}

func randomID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// message is ready to be sent: routing frames first.
func (w writer) message(to [][]byte, kind string, parent json.RawMessage, metadata, content any) [][]byte {
	h := header{
		ID: fmt.Sprintf("%s_%d", w.session, w.count.Add(1)), Session: w.session, Username: "kernel",
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), Type: kind, Version: protocolVersion,
	}
	if len(parent) == 0 {
		parent = json.RawMessage("{}")
	}
	if metadata == nil {
		metadata = object{}
	}
	parts := [][]byte{encode(h), parent, encode(metadata), encode(content)}
	return slices.Concat(to, [][]byte{delimiter, w.sign(parts...)}, parts)
}

// encode leaves < and > as they are: outputs are full of them.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // all content is ours: what a cell shows has been encoded before
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// object is the content of a message.
type object map[string]any
