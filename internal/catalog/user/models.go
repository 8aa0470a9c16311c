package user

import (
	"ouvert/internal/kernel/schema"
)

var cardModel = &schema.Model{
	Name: "UserReference",
	Fields: []schema.Field{
		{Name: "avatar", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture"},
		{Name: "avatar_thumbnail", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture, cropped to a square"},
		{Name: "class", Type: schema.Text(), Required: true, ReadOnly: true, Doc: "The object's class, User"},
		{Name: "first_name", Type: schema.Text(), Required: true},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "last_name", Type: schema.Text(), Required: true},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The person's page"},
		{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
		{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The person in this API"},
	},
}

// model describes the whole person.
func model(organization *schema.Model) *schema.Model {
	return &schema.Model{
		Name: "User (read)",
		Fields: []schema.Field{
			{Name: "about", Type: schema.Markdown(), Doc: "The person in their own words"},
			{Name: "active", Type: schema.Bool(), ReadOnly: true},
			{Name: "avatar", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture"},
			{Name: "avatar_thumbnail", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture, cropped to a square"},
			{Name: "email", Type: schema.Type{Kind: schema.String, Format: "email"}, ReadOnly: true, Doc: "Shown to the person and to sysadmins"},
			{Name: "first_name", Type: schema.Text(), Required: true},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "last_login_at", Type: schema.Time(), ReadOnly: true, Doc: "Shown to the person and to sysadmins"},
			{Name: "last_name", Type: schema.Text(), Required: true},
			{Name: "metrics", Type: schema.Any(), ReadOnly: true, Doc: "Counters"},
			{Name: "organizations", Type: schema.List(schema.Of(organization)), ReadOnly: true, Doc: "The organizations the person is a member of"},
			{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The person's page"},
			{Name: "password_rotation_demanded", Type: schema.Time(), ReadOnly: true},
			{Name: "password_rotation_performed", Type: schema.Time(), ReadOnly: true},
			{Name: "roles", Type: schema.List(schema.Text()), ReadOnly: true, Doc: "The person's roles in the portal: `admin` or none"},
			{Name: "since", Type: schema.Time(), ReadOnly: true, Doc: "When the account was made"},
			{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The person in this API"},
			{Name: "website", Type: schema.Text()},
		},
	}
}

var email = schema.Type{Kind: schema.String, Format: "email"}

// writeModel is what may be said of a person.
var writeModel = &schema.Model{
	Name: "User (write)",
	Doc:  "What may be said of a person. Fields that are not named stay as they are.",
	Fields: []schema.Field{
		{Name: "about", Type: schema.Markdown(), Doc: "The person in their own words"},
		{Name: "email", Type: email, Required: true, Doc: "Each address belongs to one person", Example: "jo@example.com"},
		{Name: "first_name", Type: schema.Text(), Required: true, Doc: "At most 255 characters, no address", Example: "Jo"},
		{Name: "last_name", Type: schema.Text(), Required: true, Doc: "At most 255 characters, no address", Example: "Martin"},
		{Name: "website", Type: schema.Text(), Example: "https://www.example.com/"},
	},
}

var (
	roleModel = &schema.Model{Name: "UserRole", Fields: []schema.Field{
		{Name: "name", Type: schema.Text(), ReadOnly: true, Doc: "The role's name"},
	}}
	suggestionModel = &schema.Model{Name: "UserSuggestion", Fields: []schema.Field{
		{Name: "avatar_url", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture as a square"},
		{Name: "email", Type: schema.Text(), ReadOnly: true, Doc: "The address; its domain alone to all but sysadmins"},
		{Name: "first_name", Type: schema.Text(), ReadOnly: true},
		{Name: "id", Type: schema.Text(), ReadOnly: true},
		{Name: "last_name", Type: schema.Text(), ReadOnly: true},
		{Name: "slug", Type: schema.Text(), ReadOnly: true},
	}}
	uploadedModel = &schema.Model{Name: "UploadedImage", Fields: []schema.Field{
		{Name: "image", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture"},
		{Name: "success", Type: schema.Bool(), ReadOnly: true, Example: true},
	}}
	metricsModel = &schema.Model{Name: "MyMetrics", Fields: []schema.Field{
		{Name: "datasets_count", Type: schema.Int(), ReadOnly: true, Doc: "How many datasets the person has"},
		{Name: "datasets_org_count", Type: schema.Int(), ReadOnly: true, Doc: "How many datasets their organizations have"},
		{Name: "followers_count", Type: schema.Int(), ReadOnly: true, Doc: "How many follow the person"},
		{Name: "followers_org_count", Type: schema.Int(), ReadOnly: true, Doc: "How many follow their organizations"},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "resources_availability", Type: schema.Float(), ReadOnly: true, Doc: "The part of their organizations' remote resources that answer, in percent"},
	}}
	tokenFields = []schema.Field{
		{Name: "created_at", Type: schema.Time(), ReadOnly: true, Required: true},
		{Name: "expires_at", Type: schema.Time(), Doc: "When the token stops working"},
		{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
		{Name: "kind", Type: schema.Enum("api_key"), ReadOnly: true},
		{Name: "last_used_at", Type: schema.Time(), ReadOnly: true, Doc: "To the hour"},
		{Name: "name", Type: schema.Text(), Doc: "What the token is for"},
		{Name: "revoked_at", Type: schema.Time(), ReadOnly: true},
		{Name: "scopes", Type: schema.List(schema.Enum(scopes...)), Doc: "What it may do"},
		{Name: "token_prefix", Type: schema.Text(), ReadOnly: true, Required: true, Doc: "How the token begins"},
		{Name: "user_agents", Type: schema.List(schema.Text()), ReadOnly: true, Doc: "The programs that used it"},
	}
	tokenModel     = &schema.Model{Name: "ApiToken (read)", Doc: "An API token, without its secret.", Fields: tokenFields}
	madeTokenModel = &schema.Model{Name: "ApiTokenCreated", Doc: "A new API token.", Fields: append([]schema.Field{
		{Name: "token", Type: schema.Text(), ReadOnly: true, Doc: "The token itself, told this once"},
	}, tokenFields...)}
	tokenWriteModel = &schema.Model{Name: "ApiToken (write)", Fields: []schema.Field{
		{Name: "expires_at", Type: schema.Time(), Doc: "When the token stops working; never, by default"},
		{Name: "name", Type: schema.Text(), Doc: "What the token is for, at most 255 characters", Example: "nightly script"},
		{Name: "scopes", Type: schema.List(schema.Enum(scopes...)), Doc: "What it may do"},
	}}
)
