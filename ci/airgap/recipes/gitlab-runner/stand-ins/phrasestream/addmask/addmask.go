// Package addmask stands in for the masking of `proxy-exec`, a command that this build does not have.
package addmask

import (
	"errors"
	"io"
)

// Database keeps the phrases between processes.
type Database interface {
	Add(phrase string) error
	List() ([]string, error)
}

type AddMask struct{}

func New(Database, ...io.Writer) (*AddMask, error) {
	return nil, errors.New("masking by proxy-exec is not supported in this build")
}

func (*AddMask) Get(int) io.Writer { return io.Discard }
func (*AddMask) Close() error      { return nil }
