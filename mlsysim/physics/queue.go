package physics

import "math"

// ErlangB is the probability that a call is lost by servers that have no
// waiting room, at an offered load of a = λ·s servers.
//
//	1/B_c = 1 + c/a·(1 + (c − 1)/a·(1 + …))
//
// All terms are positive, and those that matter are a few dozen times √c.
//
// Erlang 1917, "Solution of some problems in the theory of probabilities of
// significance in automatic telephone exchanges"; Jagerman 1974.
func ErlangB(servers int, load float64) float64 {
	if load == 0 && servers > 0 {
		return 0
	}
	inverse, term := 1.0, 1.0
	for free := float64(servers); free > 0 && term > inverse*lastDigit; free-- {
		term *= free / load
		if inverse += term; inverse > 1/negligible {
			return 0
		}
	}
	return 1 / inverse
}

// ErlangBFrom adds servers to a station whose Erlang B is known.
//
//	B_j = a·B_{j−1}/(j + a·B_{j−1})
//
// Erlang 1917.
func ErlangBFrom(b float64, have, want int, load float64) float64 {
	for j := have + 1; j <= want; j++ {
		if b *= load; b < negligible {
			return 0
		}
		b /= float64(j) + b
	}
	return b
}

const (
	// negligible is a probability that counts as zero: it keeps away from the
	// numbers that have lost digits.
	negligible = 1e-200
	// lastDigit is the share of a sum below which a term changes nothing.
	lastDigit = 1e-17
)

// ErlangC is the probability that an arrival has to wait for one of some
// servers, at an offered load below their number.
//
//	P_w = B/(1 − ρ·(1 − B)), ρ = a/c
//
// Erlang 1917.
func ErlangC(servers int, load float64) float64 {
	return waiting(ErlangB(servers, load), load/float64(servers))
}

func waiting(b, rho float64) float64 { return b / (1 - rho + rho*b) }

// Queue is a first-come first-served station with Poisson arrivals and a load
// below its number of servers. Times count in mean service times.
type Queue struct {
	Servers float64
	Load    float64 // offered load a, below Servers
	CV      float64 // coefficient of variation of the service time
	Wait    float64 // probability of waiting, P_w
}

// NewQueue settles the probability of waiting, by Erlang C: exact for
// exponential service times, the usual approximation for others.
func NewQueue(servers int, load, cv float64) Queue {
	return Queue{Servers: float64(servers), Load: load, CV: cv, Wait: ErlangC(servers, load)}
}

// constantCV is the coefficient of variation below which the service time
// counts as constant: the gamma function of its shape would lose its digits.
const constantCV = 1e-3

// Constant reports whether the service time counts as constant.
func (q Queue) Constant() bool { return q.CV < constantCV }

// Decay is the mean wait of those who wait.
//
//	ω = ((1 + cv²)/2)/(c − a)
//
// Exact for one server, Allen-Cunneen for more. Allen 1990, "Probability,
// statistics, and queueing theory"; Whitt 1993, "Approximations for the GI/G/m
// queue".
func (q Queue) Decay() float64 { return (1 + q.CV*q.CV) / 2 / (q.Servers - q.Load) }

// MeanWait is the mean wait of all, P_w·ω.
func (q Queue) MeanWait() float64 { return q.Wait * q.Decay() }

// WaitQuantile is the wait, in services, that a share p of the arrivals exceeds.
//
//	w = ω·max(0, ln(P_w/p))
//
// It is zero where fewer than that share wait at all.
func (q Queue) WaitQuantile(p float64) float64 {
	if q.Wait <= p {
		return 0
	}
	return q.Decay() * math.Log(q.Wait/p)
}

// Tail is the probability that wait and service take longer than x services.
//
//	cv = 1:  e^{−x} + P_w·(e^{−x} − e^{−(c−a)x})/(c − 1 − a), exact
//	cv = 0:  1 for x < 1, then P_w·e^{−(x−1)/ω}
//	else:    P(S > x) + P_w·∫_0^x f_S(u)·e^{−(x−u)/ω} du, S gamma with mean 1 and that cv
//
// Whether one waits and how long one is served are taken as independent, which
// first-come first-served makes true. Harchol-Balter 2013, "Performance
// modeling and design of computer systems".
func (q Queue) Tail(x float64) float64 {
	switch {
	case q.Constant() && x < 1:
		return 1
	case q.Constant():
		return q.Wait * math.Exp(-(x-1)/q.Decay())
	case q.CV == 1:
		return q.exponentialTail(x)
	}
	return min(q.ServiceTail(x)+q.Wait*q.WaitTail(x), 1)
}

// ServiceTail is the probability that the service alone takes longer than x, for
// a gamma law.
func (q Queue) ServiceTail(x float64) float64 { return gammaTail(1/(q.CV*q.CV), x) }

// WaitTail is the probability that a service ends before x and the wait of one
// who waits ends after what it leaves of x.
func (q Queue) WaitTail(x float64) float64 {
	return max(gammaConvolution(1/(q.CV*q.CV), 1/q.Decay(), x), 0)
}

// exponentialTail is Tail for exponential service times. The difference of the
// exponentials is taken without cancellation where they are close, and without
// overflow where they are not.
func (q Queue) exponentialTail(x float64) float64 {
	if q.Servers == 1 {
		return math.Exp(-(1 - q.Load) * x)
	}
	d := q.Servers - 1 - q.Load
	own := math.Exp(-x)
	switch y := d * x; {
	case d == 0:
		return own * (1 + q.Wait*x)
	case math.Abs(y) < 1:
		return own * (1 - q.Wait*math.Expm1(-y)/d)
	default:
		return own + q.Wait*(own-math.Exp(-(q.Servers-q.Load)*x))/d
	}
}

// Quantile is the time, in services, that a share p of the arrivals exceeds: the
// root of Tail(x) = p, by bisection. A constant service has a closed form:
//
//	x = 1 + ω·max(0, ln(P_w/p))
func (q Queue) Quantile(p float64) float64 {
	if q.Constant() {
		return 1 + q.WaitQuantile(p)
	}
	high := 1.0
	for q.Tail(high) > p {
		high *= 2
	}
	low := high / 2
	for low > 0 && q.Tail(low) <= p {
		low, high = low/2, low
	}
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return middle
		}
		if q.Tail(middle) > p {
			low = middle
		} else {
			high = middle
		}
	}
}
