package follow

import (
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/verify"
)

// Checks are what must hold of follows.
func (s *Service) Checks() []verify.Check {
	return verify.Links(ref.User, verify.Link{Table: "follow", ID: "id", Column: "follower", Target: "person"})
}
