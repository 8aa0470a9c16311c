package organization

import (
	"slices"

	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/search"
)

var permissionsModel = &schema.Model{
	Name: "OrganizationPermissions",
	Doc:  "What the caller may do with the organization.",
	Fields: []schema.Field{
		{Name: "delete", Type: schema.Bool()},
		{Name: "edit", Type: schema.Bool()},
		{Name: "harvest", Type: schema.Bool()},
		{Name: "members", Type: schema.Bool()},
		{Name: "private", Type: schema.Bool()},
	},
}

var cardModel = &schema.Model{
	Name: "OrganizationReference",
	Fields: []schema.Field{
		{Name: "acronym", Type: schema.Text()},
		{Name: "badges", Type: schema.List(schema.Of(ref.BadgeModel)), ReadOnly: true},
		{Name: "class", Type: schema.Text(), Required: true, ReadOnly: true, Doc: "The object's class, Organization"},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "logo", Type: schema.Text(), ReadOnly: true, Doc: "Address of the logo"},
		{Name: "logo_thumbnail", Type: schema.Text(), ReadOnly: true, Doc: "Address of the logo as a square of 100 pixels"},
		{Name: "name", Type: schema.Text(), Required: true},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The organization's page"},
		{Name: "permissions", Type: schema.Of(permissionsModel), ReadOnly: true},
		{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
		{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The organization in this API"},
	},
}

// models are the descriptions that depend on other nouns.
type models struct {
	read, page, search  *schema.Model
	member              *schema.Model
	request, invitation *schema.Model
	assignment          *schema.Model
}

func (s *Service) models() models {
	user := s.refs.Model(ref.User, ref.Card)
	withEmail := &schema.Model{Name: "UserReferenceWithEmail", Fields: append([]schema.Field{
		{Name: "email", Type: schema.Text(), ReadOnly: true, Doc: "The address, masked for all but sysadmins"},
		{Name: "last_login_at", Type: schema.Time(), ReadOnly: true, Doc: "Shown to members and sysadmins"},
	}, user.Fields...)}
	m := models{}
	m.member = &schema.Model{
		Name: "Member (read)",
		Fields: []schema.Field{
			{Name: "label", Type: schema.Text(), ReadOnly: true, Doc: "The role's name in the caller's language"},
			{Name: "role", Type: schema.Enum(roleIDs...), Required: true},
			{Name: "since", Type: schema.Time(), ReadOnly: true},
			{Name: "user", Type: schema.Of(withEmail), ReadOnly: true},
		},
	}
	m.read = model(m.member)
	m.page = schema.Page(m.read)
	m.search = &schema.Model{Name: "OrganizationSearchPage", Doc: "A page of a search.", Fields: append(slices.Clone(search.Fields), m.page.Fields...)}
	m.request = &schema.Model{
		Name: "MembershipRequest", Doc: "Somebody asked to be a member, or was invited.",
		Fields: []schema.Field{
			assignmentsField,
			{Name: "comment", Type: schema.Text(), Doc: "What they said who asked or invited"},
			{Name: "created", Type: schema.Time(), ReadOnly: true},
			{Name: "email", Type: schema.Text(), Doc: "The address of an invitation to somebody who has no account"},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Doc: "A UUID"},
			{Name: "kind", Type: schema.Enum(kinds...), Doc: "Who began: the person, or the organization"},
			roleField,
			{Name: "status", Type: schema.Enum(statuses...), Required: true},
			{Name: "user", Type: schema.Of(withEmail)},
		},
	}
	organization := schema.Of(cardModel)
	m.invitation = &schema.Model{
		Name: "PendingInvitation", Doc: "An invitation that waits for the current person.",
		Fields: []schema.Field{
			assignmentsField,
			{Name: "comment", Type: schema.Text(), Doc: "What they said who invited"},
			{Name: "created", Type: schema.Time(), ReadOnly: true},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Doc: "A UUID"},
			{Name: "organization", Type: organization},
			roleField,
		},
	}
	m.assignment = &schema.Model{
		Name: "Assignment (read)", Doc: "What a partial editor may change.",
		Fields: []schema.Field{
			{Name: "created_at", Type: schema.Time(), ReadOnly: true},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "organization", Type: organization, ReadOnly: true, Required: true},
			{Name: "subject", Type: schema.Any(), Required: true, Doc: "The object, as others mention it"},
			{Name: "user", Type: schema.Of(user), Required: true},
		},
	}
	return m
}

var (
	referenceModel = &schema.Model{Name: "GenericReference", Fields: []schema.Field{
		{Name: "class", Type: schema.Text(), Doc: "The object's class", Example: "Dataset"},
		{Name: "id", Type: schema.Text(), Example: "5e00000000000000000000c9"},
	}}
	assignmentsField = schema.Field{
		Name: "assignments", Type: schema.List(schema.Of(referenceModel)),
		Doc: "What a partial editor may change once the invitation is accepted",
	}
	roleField = schema.Field{Name: "role", Type: schema.Enum(roleIDs...), Doc: "What they will be", Example: "editor"}

	roleModel = &schema.Model{Name: "OrganizationRole", Fields: []schema.Field{
		{Name: "id", Type: schema.Text(), Doc: "The role's identifier"},
		{Name: "label", Type: schema.Text(), Doc: "The role's name in the caller's language"},
	}}
	suggestionModel = &schema.Model{Name: "OrganizationSuggestion", Fields: []schema.Field{
		{Name: "acronym", Type: schema.Text(), ReadOnly: true},
		{Name: "id", Type: schema.Text(), ReadOnly: true},
		{Name: "image_url", Type: schema.Text(), ReadOnly: true, Doc: "Address of the logo as a square of 100 pixels"},
		{Name: "name", Type: schema.Text(), ReadOnly: true},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The organization's page"},
		{Name: "slug", Type: schema.Text(), ReadOnly: true},
	}}
	messageModel = &schema.Model{Name: "InvitationAnswer", Fields: []schema.Field{
		{Name: "message", Type: schema.Text(), ReadOnly: true, Doc: "What was done, in the caller's language"},
	}}

	askModel = &schema.Model{Name: "MembershipRequest (write)", Fields: []schema.Field{
		{Name: "comment", Type: schema.Text(), Required: true, Doc: "Why, for those who will answer", Example: "I look after our open data."},
	}}
	refuseModel = &schema.Model{Name: "RefuseMembership", Fields: []schema.Field{
		{Name: "comment", Type: schema.Text(), Required: true, Doc: "Why it is refused", Example: "We do not know you."},
	}}
	roleWriteModel = &schema.Model{Name: "Member (write)", Fields: []schema.Field{
		{Name: "role", Type: schema.Enum(roleIDs...), Example: "admin"},
	}}
	inviteModel = &schema.Model{Name: "MembershipInvite", Doc: "Whom to invite: by `user` or by `email`.", Fields: []schema.Field{
		assignmentsField,
		{Name: "comment", Type: schema.Text(), Doc: "What to say to them"},
		{Name: "email", Type: schema.Text(), Doc: "Their address"},
		roleField,
		{Name: "user", Type: schema.Text(), Doc: "Their id"},
	}}
	writeModel = &schema.Model{
		Name: "Organization (write)",
		Doc:  "What a client may say of an organization. Fields that are not named stay as they are.",
		Fields: []schema.Field{
			{Name: "acronym", Type: schema.Text(), Doc: "At most 128 characters"},
			{Name: "business_number_id", Type: schema.Text(), Doc: "The number in the national register of businesses, 14 digits"},
			{Name: "description", Type: schema.Markdown(), Required: true, Example: "Opens the data of **all** buses."},
			{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
			{Name: "image_url", Type: schema.Text()},
			{Name: "name", Type: schema.Text(), Required: true, Example: "Régie des transports"},
			{Name: "presentation_blocs", Type: schema.List(schema.Any()), Doc: bloc.Doc},
			{Name: "presentation_blocs_published_at", Type: schema.Time(), Doc: "When the page about itself was published; null while it is there for its admins alone"},
			{Name: "url", Type: schema.Text(), Doc: "The organization's own web site"},
		},
	}
)

func model(member *schema.Model) *schema.Model {
	return &schema.Model{
		Name: "Organization (read)",
		Fields: []schema.Field{
			{Name: "acronym", Type: schema.Text()},
			{Name: "badges", Type: schema.List(schema.Of(ref.BadgeModel)), ReadOnly: true},
			{Name: "business_number_id", Type: schema.Text(), Doc: "The number in the national register of businesses"},
			{Name: "created_at", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "deleted", Type: schema.Time(), ReadOnly: true},
			{Name: "description", Type: schema.Markdown(), Required: true},
			{Name: "ext", Type: schema.Any()},
			{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "image_url", Type: schema.Text()},
			{Name: "last_modified", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "logo", Type: schema.Text(), ReadOnly: true, Doc: "Address of the logo"},
			{Name: "logo_thumbnail", Type: schema.Text(), ReadOnly: true, Doc: "Address of the logo as a square of 100 pixels"},
			{Name: "members", Type: schema.List(schema.Of(member)), ReadOnly: true},
			{Name: "metrics", Type: schema.Any(), ReadOnly: true, Doc: "Counters"},
			{Name: "name", Type: schema.Text(), Required: true},
			{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The organization's page"},
			{Name: "permissions", Type: schema.Of(permissionsModel), ReadOnly: true},
			bloc.Field("presentation_blocs"),
			{Name: "presentation_blocs_published_at", Type: schema.Time(), Doc: "When the page about itself was published; null while it is there for its admins alone"},
			{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "teams", Type: schema.List(schema.Any()), ReadOnly: true},
			{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The organization in this API"},
			{Name: "url", Type: schema.Text(), Doc: "The organization's own web site"},
			{Name: "zone", Type: schema.Text(), Doc: "The territory it is about"},
		},
	}
}
