package dataservice

import (
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/verify"
)

// Checks are what must hold of dataservices beside their counters.
func (s *Service) Checks() []verify.Check {
	return verify.Links(ref.Dataservice,
		verify.Link{Table: "dataservice", ID: "id", Column: "owner", Target: "person"},
		verify.Link{Table: "dataservice", ID: "id", Column: "organization", Target: "organization"},
		verify.Link{Table: "dataservice_dataset", ID: "dataservice", Column: "dataset", Target: "dataset"},
	)
}
