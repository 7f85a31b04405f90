package export

// A Standing is how a question stands, in the words that people read.
type Standing string

// The standings.
const (
	Right    Standing = "right"
	Partly   Standing = "partly right"
	Nothing  Standing = "no points"
	Broken   Standing = "failed"
	Unjudged Standing = "not graded"
	Pending  Standing = "waits for a person"
)

// Standings lists them all.
func Standings() []Standing { return []Standing{Right, Partly, Nothing, Broken, Unjudged, Pending} }

// Standing says how a question stands. Points by hand count, not the checks.
func (q Question) Standing() Standing {
	switch {
	case q.Outcome == NotGraded:
		return Unjudged
	case q.Outcome == NeedsManual:
		return Pending
	case q.Outcome == Failed:
		return Broken
	case q.Manual == nil && q.OK() || q.Manual != nil && q.Points >= q.Max:
		return Right
	case q.Points == 0:
		return Nothing
	}
	return Partly
}

// Class names a standing for a style sheet.
func (s Standing) Class() string {
	switch s {
	case Right, Broken:
		return string(s)
	case Partly:
		return "partly"
	case Nothing:
		return "wrong"
	}
	return "none"
}

// Mark is a standing as one character.
func (s Standing) Mark() string {
	switch s {
	case Right:
		return "✓"
	case Partly:
		return "◐"
	case Nothing, Broken:
		return "✕"
	}
	return "○"
}
