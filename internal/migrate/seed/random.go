package seed

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"time"

	"ouvert/internal/kernel/id"
)

// kind names a family of streams.
type kind uint64

const (
	layout kind = iota + 1 // what there is at all
	people
	organizations
	datasets
	dataservices
	reuses
	follows      // + the kind of what is followed
	posts   kind = 50
	topics  kind = 51
	words   kind = 100 // + the kind of what is named
	details kind = 200 // + the kind of what is filled in
)

// streams makes the streams of random numbers of a run.
type streams struct{ seed uint64 }

// of returns the stream of the i-th object of a kind: always the same, and
// unlike any other.
func (s streams) of(k kind, i int) *rand.Rand {
	return rand.New(rand.NewPCG(mix(s.seed+uint64(k)<<40), mix(uint64(i)+uint64(k)<<56)))
}

// mix is SplitMix64's: neighbours become strangers, which PCG's seeds must be.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// objectID is id.New with the stream's numbers for those of the process.
func objectID(r *rand.Rand, at time.Time) string {
	var b [12]byte
	binary.BigEndian.PutUint32(b[:4], uint32(at.Unix()))
	binary.BigEndian.PutUint64(b[4:], r.Uint64())
	return hex.EncodeToString(b[:])
}

// resourceID is a UUID of the stream, but for its beginning, which is the
// resource's place in the whole catalogue: keys that grow make the index of
// half a million a fifth cheaper to write than random ones.
func resourceID(r *rand.Rand, n, total int) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], r.Uint64())
	binary.BigEndian.PutUint64(b[8:], r.Uint64())
	binary.BigEndian.PutUint32(b[:4], uint32(float64(n)/float64(total)*math.MaxUint32))
	return id.FormatUUID(b)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// chance is true in p of the cases.
func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

// early is a number from 0 to n-1, the smaller the likelier: of a hundred, the
// first is drawn one time in ten.
func early(r *rand.Rand, n int) int {
	u := r.Float64()
	return int(u * u * float64(n))
}

// busy is early half of the time: there are many who do a little.
func busy(r *rand.Rand, n int) int {
	if chance(r, 0.5) {
		return r.IntN(n)
	}
	return early(r, n)
}

// famous is early with a longer tail: of a thousand, the first is drawn one
// time in ten.
func famous(r *rand.Rand, n int) int {
	u := r.Float64()
	return int(u * u * u * float64(n))
}

// longTail is a number from 0 to most: half are below 0.6 of scale, one in a
// hundred is above 20 times scale, and some far above.
func longTail(r *rand.Rand, scale float64, most int) int {
	n := scale * (math.Pow(1-r.Float64(), -1/1.5) - 1)
	return int(min(n, float64(most)))
}

// between is an instant, earlier ones being likelier, in whole milliseconds as
// udata's instants are.
func between(r *rand.Rand, from, to time.Time) time.Time {
	u := r.Float64()
	return from.Add(time.Duration(u * u * float64(to.Sub(from)))).Truncate(time.Millisecond)
}
