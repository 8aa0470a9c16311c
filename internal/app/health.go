package app

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/event"
)

// health says that the process is alive.
func (a *App) health(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }

// ready says whether requests can be answered: the database must be there.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.DB.Ping(ctx); err != nil {
		plain(w, http.StatusServiceUnavailable, "the database does not answer\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

// metrics are what Prometheus reads.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	// outcomes are the histograms that were found before.
	outcomes sync.Map
}

func newMetrics(d *db.DB, readers []*event.Reader) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ouvert_http_request_seconds", Help: "Time to answer a request, by operation and status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"operation", "status"}),
	}
	pool := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	m.registry.MustRegister(
		m.requests,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		pool("ouvert_db_read_connections", "Open connections of the readers' pool.", func() float64 {
			r, _ := d.Stats()
			return float64(r.OpenConnections)
		}),
		pool("ouvert_db_write_wait_seconds_total", "Time that writers waited for their turn.", func() float64 {
			_, w := d.Stats()
			return w.WaitDuration.Seconds()
		}),
	)
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "ouvert_db_statements_total", Help: "Statements that read outside of transactions.",
	}, func() float64 { return float64(d.Statements()) }))
	for _, r := range readers {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "ouvert_reader_behind", Help: "Events of the log that a reader has not come to yet.",
			ConstLabels: prometheus.Labels{"reader": r.Name()},
		}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			n, err := r.Behind(ctx)
			if err != nil {
				return math.NaN()
			}
			return float64(n)
		}))
	}
	return m
}

// kept adds what is kept in memory: of answers, and of objects' wire forms.
func (m *metrics) kept(what string, figures func() (hits, misses, size int64)) {
	labels := prometheus.Labels{"what": what}
	for _, outcome := range []string{"hit", "miss"} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "ouvert_kept_total", Help: "How often something asked for was kept in memory, and how often not.",
			ConstLabels: prometheus.Labels{"what": what, "outcome": outcome},
		}, func() float64 {
			hits, misses, _ := figures()
			if outcome == "hit" {
				return float64(hits)
			}
			return float64(misses)
		}))
	}
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "ouvert_kept_bytes", Help: "Bytes that are kept in memory.", ConstLabels: labels,
	}, func() float64 {
		_, _, size := figures()
		return float64(size)
	}))
}

func (m *metrics) observe(route *api.Route, status int, took time.Duration) {
	key := outcome{route, status}
	if o, ok := m.outcomes.Load(key); ok {
		o.(prometheus.Observer).Observe(took.Seconds())
		return
	}
	operation := "none"
	if route != nil {
		operation = route.ID
	}
	o := m.requests.WithLabelValues(operation, strconv.Itoa(status))
	m.outcomes.Store(key, o)
	o.Observe(took.Seconds())
}

// outcome is what requests are told apart by.
type outcome struct {
	route  *api.Route
	status int
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
