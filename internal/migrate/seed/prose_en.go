package seed

var english = pages{
	intro: map[string][]string{
		"visualization": {
			"This interactive map shows {things} {in}. Every point can be clicked, and filters compare areas and years.",
			"How many, where, and since when? Three charts answer the questions we are asked most about {things} {in}.",
			"A dashboard to follow {things} {in} over time, with an overview and a page for each area.",
		},
		"application": {
			"The app brings {things} {in} together on one simple screen, made for a phone first. There is no account and no advertising.",
			"Curious about {things} {in}? The app shows what is around you, and works without a connection too.",
			"Born at a workshop that was open to everybody, this app helps residents and visitors find their way among {things} {in}.",
		},
		"api": {
			"An unofficial, free and documented API to query {things} {in} without downloading whole files. It answers in JSON and GeoJSON.",
			"The original files are big and change often. This API reloads them every night, cleans them, and gives access to {things} {in} through plain HTTP requests.",
		},
		"paper": {
			"We study how {things} {in} are distributed, and what explains it. Two people from outside the project reviewed the text.",
			"We propose a simple way to judge the quality of data about {things} {in}, and apply it to several years of public files.",
		},
		"news_article": {
			"Our newsroom spent weeks with the figures about {things} {in}. The article tells what can be seen in them, and what cannot.",
			"What does public data really say about {things} {in}? We compared it with what people see on the ground.",
		},
		"post": {
			"A step-by-step account of how we downloaded, cleaned and drew the data about {things} {in}. The code is about a hundred lines.",
			"Notes on working with open data: what works, what does not, and what {things} {in} taught us.",
		},
		"idea": {
			"An idea that we would love to see built: a tool that explains {things} {in} to schoolchildren, with data that is already open.",
			"Why not combine {things} {in} with what residents report? Here is a proposal, some sketches, and a list of what is still missing.",
		},
		"hardware": {
			"A little box to build yourself and hang by the door. It shows {things} {in}, costs about thirty euros, and takes an evening to program.",
			"An e-ink screen on a battery that lasts six months, to keep an eye on {things} {in}.",
		},
	},
	sourced: []string{
		"It all starts with the dataset “{dataset}”, made available by {publisher}. The files are read again at each update.",
		"The data comes from “{dataset}”, published by {publisher}. We kept the useful columns only ({columns}) and left out incomplete rows.",
		"The main source is “{dataset}” by {publisher}. The other datasets linked to this reuse complete and verify it.",
	},
	unsourced: []string{
		"Volunteers collected the data on the ground; it is not in an open catalogue yet.",
		"We asked the authorities for the data and received it by e-mail. They plan to open it this year.",
	},
	features: []string{
		"What you can do:\n\n- search by name or address;\n- filter by year and area;\n- download the result as CSV;\n- share a view with a link.",
		"### Features\n\n- a search that forgives typing errors;\n- a comparison of two periods;\n- high contrast and keyboard navigation;\n- automatic updates, with the date of the last file.",
	},
	findings: []string{
		"Three findings:\n\n1. differences between areas are still large;\n2. things have improved slowly since {year};\n3. missing data is not missing at random.",
		"### What we learned\n\nComputing is quick; understanding what each column means is not. The definitions have changed twice since {year}, and comparisons must allow for it.",
	},
	calls: []string{
		"Main endpoints:\n\n- `GET /v1/search?q=` searches by word;\n- `GET /v1/items/{id}` returns one item;\n- `GET /v1/near?lat=&lon=` lists what is close;\n- `GET /v1/export.csv` returns everything.",
		"### Example\n\n```\ncurl 'https://api.example.org/v1/search?q=centre&limit=5'\n```\n\nAnswers are paginated, dated, and carry an `ETag`. Ten requests a second are fine.",
	},
	method: []string{
		"### Method\n\nFiles are downloaded every night, compared with the previous version, and loaded into a database. Rows that fail the checks are set aside and reported to the publisher.",
		"The code is a single Python script. It reads the files, converts the dates, finds the town of each row, and computes the aggregates that are shown.",
		"The source code is free: read it, improve it, adapt it to another place. It lives on [our forge](https://code.example.org/).",
		"| Step | Time |\n| --- | ---: |\n| Download | 2 min |\n| Checks | 5 min |\n| Publication | 1 min |",
	},
	audience: []string{
		"It is made for residents first, and for councillors, journalists and teachers, who may use it freely as long as they name the source.",
		"Fifteen people who had never opened a data file tried it. What they said made the first screen much simpler.",
	},
	limits: []string{
		"Please note that data may be a few days late, and that some areas are not covered. When in doubt, the official source prevails.",
		"Figures from before {year} cannot be compared directly, because the way of collecting them changed. They are shown in grey.",
		"This is not an official service. It comes without a warranty, but reported errors are corrected quickly.",
	},
	closing: []string{
		"An error, an idea? Leave a message in the discussion below or on [the project's page](https://projects.example.org/).",
		"Thanks to all who open, document and correct this data.",
		"Next step: the neighbouring areas. Help is welcome.",
		"Made by {by} in their spare time, with free software.",
	},
}

var (
	datasetIntroEN = []string{
		"This dataset lists {things} {in}. Each row is one record; the main columns are: {columns}.",
		"Data about {things} {in}, made available by {publisher}.\n\nThe files contain: {columns}.",
	}
	datasetMoreEN = []string{
		"The data is produced by {publisher} in the course of its work, and checked before publication.",
		"Updated {every}. Earlier versions are available on request.",
		"### Before you use it\n\nCoordinates are in WGS 84. Some rows may be incomplete, in particular before {year}.",
		"Values below 5 are hidden to protect privacy.",
		"The documentation describes each field, its units and the codes used.",
		"Questions are welcome in the discussions, where everybody benefits from the answers.",
	}
	serviceTextEN = []string{
		"This API gives access to {things} {in} without downloading files.\n\nIt searches, filters and paginates. Answers are JSON with the fields of the files: {columns}.",
	}
)

// every is how the frequencies are read in both languages.
var every = map[string][2]string{
	"fiveMinutes":    {"toutes les cinq minutes", "every five minutes"},
	"fifteenMinutes": {"tous les quarts d'heure", "every fifteen minutes"},
	"hourly":         {"toutes les heures", "every hour"},
	"daily":          {"chaque jour", "every day"},
	"weekly":         {"chaque semaine", "every week"},
	"semimonthly":    {"deux fois par mois", "twice a month"},
	"monthly":        {"chaque mois", "every month"},
	"quarterly":      {"chaque trimestre", "every quarter"},
	"semiannual":     {"deux fois par an", "twice a year"},
	"annual":         {"chaque année", "every year"},
	"irregular":      {"selon les besoins", "when needed"},
	"punctual":       {"une fois", "once"},
}
