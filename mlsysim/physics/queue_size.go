package physics

// A Sizing asks how many stations of Size servers, all on one queue, a load
// needs.
type Sizing struct {
	Load   float64 // offered load a, in servers
	CV     float64 // coefficient of variation of the service time
	Size   int     // servers of a station
	Most   int     // stations at most
	Limit  float64 // time, in services, that a share Beyond may exceed
	Beyond float64
}

// A Sized is the answer.
type Sized struct {
	Stations int
	Queue    Queue // with that many stations, or with the most if they are too few
	Stable   bool  // the queue does not grow for ever
	Met      bool  // no more than the share exceeds the limit
	Tried    int   // numbers of stations that were looked at
}

// Alone is a station at which nobody waits.
func (s Sizing) Alone() Queue {
	return Queue{Servers: float64(s.Size) * float64(s.Most), CV: s.CV}
}

// Reachable reports whether enough stations would meet the limit: whether the
// service alone keeps it.
func (s Sizing) Reachable() bool { return s.Alone().Tail(s.Limit) <= s.Beyond }

// Least is the smallest number of stations that keep up and meet the limit.
//
//	min{ c : a < c·n, P(T > t) ≤ p at c·n servers }
//
// Each station more lowers both the chance of waiting and the wait, so that the
// first one found is the least. Erlang B is continued from one number to the
// next, and the search ends where nobody waits: some √a servers after the first
// number that keeps up, however large Most is. Without an answer the queue is
// that of the most stations, if it is stable.
func (s Sizing) Least() Sized {
	first := int(min(s.Load/float64(s.Size), float64(s.Most))) + 1
	for first > 1 && s.Load < float64(first-1)*float64(s.Size) { // the quotient was rounded up
		first--
	}
	if first > s.Most {
		return Sized{Stations: s.Most}
	}
	if !s.Reachable() {
		return Sized{Stations: s.Most, Queue: NewQueue(s.Most*s.Size, s.Load, s.CV), Stable: true}
	}
	out := Sized{Stable: true}
	b := ErlangB(first*s.Size, s.Load)
	for c := first; c <= s.Most; c++ {
		if c > first {
			b = ErlangBFrom(b, (c-1)*s.Size, c*s.Size, s.Load)
		}
		servers := float64(c) * float64(s.Size)
		out.Stations, out.Tried = c, out.Tried+1
		out.Queue = Queue{Servers: servers, Load: s.Load, CV: s.CV, Wait: waiting(b, s.Load/servers)}
		if out.Met = out.Queue.Tail(s.Limit) <= s.Beyond; out.Met {
			return out
		}
	}
	return out
}
