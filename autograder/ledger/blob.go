package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Digest names a content: its sha256 in hexadecimal.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Put stores a content and returns its digest. It is on the disk when Put
// returns; storing it again costs nothing.
func (l *Ledger) Put(data []byte) (string, error) {
	if l.write == nil {
		return "", errors.New("storing a file: the ledger is open for reading only")
	}
	digest := Digest(data)
	path := l.blobPath(digest)
	if info, err := os.Lstat(path); err == nil && info.Size() == int64(len(data)) {
		return digest, nil
	}
	if err := store(path, data); err != nil {
		return "", fmt.Errorf("storing a file: %w", err)
	}
	return digest, nil
}

// store writes beside the file, waits for the disk and renames.
func store(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already if all went well
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a rename last; systems that cannot do so say so and are left be.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}

// Get reads a content and checks it against its digest.
func (l *Ledger) Get(digest string) ([]byte, error) {
	if len(digest) != 2*sha256.Size {
		return nil, fmt.Errorf("reading file %q: not a digest", digest)
	}
	data, err := os.ReadFile(l.blobPath(digest))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("reading file %s: %w", digest[:12], ErrMissing)
	case err != nil:
		return nil, fmt.Errorf("reading file %s: %w", digest[:12], err)
	case Digest(data) != digest:
		return nil, fmt.Errorf("reading file %s: its content has changed on the disk", digest[:12])
	}
	return data, nil
}

func (l *Ledger) blobPath(digest string) string {
	return filepath.Join(l.blobs, digest[:2], digest[2:])
}
