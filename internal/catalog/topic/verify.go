package topic

import (
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/verify"
)

// Checks are what must hold of topics.
func (s *Service) Checks() []verify.Check {
	checks := verify.Links(ref.Topic,
		verify.Link{Table: "topic", ID: "id", Column: "owner", Target: "person"},
		verify.Link{Table: "topic", ID: "id", Column: "organization", Target: "organization"},
	)
	for class, table := range map[string]string{ref.Dataset: "dataset", ref.Reuse: "reuse", ref.Dataservice: "dataservice"} {
		checks = append(checks, verify.Links(ref.Topic,
			verify.Link{Table: "topic_element", ID: "id", Column: "object", Target: table, Where: "l.class = '" + class + "'"})...)
	}
	return checks
}
