// Package source says where a number comes from: the document, the day, and
// how far it can be trusted.
//
//	f, _ := source.Find(facts, "Memory")
//	fmt.Println(f) // 85.9 GB: NVIDIA H100 datasheet (high)
package source

import "strings"

// Confidence is how far a number can be trusted.
type Confidence uint8

// High is read in a primary document, Medium is recalled or derived, Low is a
// preliminary or second-hand figure and never a default.
const (
	Low Confidence = iota
	Medium
	High
)

// String returns low, medium or high.
func (c Confidence) String() string {
	return [...]string{"low", "medium", "high"}[min(c, High)]
}

// Names lists the confidences in order.
func (Confidence) Names() []string { return []string{"low", "medium", "high"} }

// A Document is something a number was read in.
type Document struct {
	ID    string
	Title string
	URL   string
	Date  string // publication or the day it was read, ISO 8601 or a year
}

// A Fact says where one field of a registry entry comes from.
type Fact struct {
	Field      string // field path of the entry, such as Rates.FP16
	Text       string // the value as the registry file writes it
	Document   string // id of a Document
	Confidence Confidence
	Note       string
}

// Find returns the fact about a field; facts are sorted by field.
func Find(facts []Fact, field string) (Fact, bool) {
	for _, f := range facts {
		if strings.EqualFold(f.Field, field) {
			return f, true
		}
	}
	return Fact{}, false
}

// Stamp identifies the data behind a result: registry version and content hash.
func Stamp() string { return Version + "+" + Hash }
