package dataset

import (
	"encoding/json"
	"time"

	"ouvert/internal/kernel/territory"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

// The instant at which the samples are asked for, and the two first were asked
// of udata.
var asked = at("2026-11-24T03:00:00Z")

// harvested is a dataset of data.gouv.fr that was taken from a CKAN portal;
// testdata/harvested.json is what udata 17.6 answered for it.
func harvested() *Dataset {
	return &Dataset{
		ID: "612904755f59b6818346ea4d", Slug: "reseau-de-transport-en-commun-transagglo-de-dlva",
		Title:            "Réseau de transport en commun  Trans'Agglo de DLVA",
		Organization:     "5911d508c751df168e15a89f",
		CreatedInternal:  at("2018-10-09T00:00:00Z"),
		ModifiedInternal: at("2026-11-24T01:45:18.669Z"),
		LastUpdate:       at("2024-07-29T00:00:00Z"),
		Counts:           map[string]int64{"followers": 1, "reuses": 2, "views": 2604},
		Metrics: `{"discussions":4,"resources_downloads":681,"reuses_by_months":{"2025-11":0,"2025-12":0,"2026-01":0,"2026-02":0,` +
			`"2026-03":0,"2026-04":0,"2026-05":0,"2026-06":0,"2026-07":0,"2026-08":0,"2026-09":0,"2026-10":0,"2026-11":1}}`,
		Doc: Doc{
			Description: "La DLVA diffuse les données de transports des lignes d'autocars urbains et interurbains (horaires des Lignes avec " +
				"les points d’arrêts, les calendriers, et les routes ) de son territoire extraites quotidiennement du [réseau régional " +
				"Zou!](https://zou.maregionsud.fr). Depuis le 7 juillet 2019, les anciens réseaux Manobus et les lignes péri-urbaines " +
				"sont réunis sous un seul nom, le Transagglo. Toutes les informations aux Voyageurs sont accessibles sur le site " +
				"https://mobilite.dlva.fr/ Les données sont disponibles au format GTFS dans un dossier ZIP. Attention ces données sont " +
				"publiées, sans engagement sur la qualité au regard du déploiement de services numériques ré-utilisateurs.",
			Tags:      []string{"autocar", "bus", "dlva", "ligne", "mobilite", "transagglo", "transport"},
			Frequency: "unknown",
			Extras:    json.RawMessage(`{"transport:url": "https://transport.data.gouv.fr/datasets/reseau-de-transport-en-commun-transagglo-de-dlva"}`),
			Access:    Access{Type: "open"},
			Harvest: &Harvest{
				Backend: "CKAN", Domain: "trouver.datasud.fr", SourceID: "610cf47d38c7f6272f320805",
				RemoteID:   "0c5ad935-272e-4d9e-b0db-cdcb1a5309b8",
				RemoteURL:  "https://trouver.datasud.fr/dataset/lignes-dautocars-urbains-et-interurbains-de-la-dlva",
				CreatedAt:  at("2018-10-09T00:00:00Z"),
				ModifiedAt: at("2024-07-29T00:00:00Z"),
				LastUpdate: at("2024-07-30T00:01:13.815Z"),
			},
		},
		Resources: []Resource{{
			ID: "0ca29750-b689-4580-afc0-4b127ee4b914",
			URL: "https://trouver.datasud.fr/dataset/0c5ad935-272e-4d9e-b0db-cdcb1a5309b8/resource/" +
				"0ca29750-b689-4580-afc0-4b127ee4b914/download/dlva.gtfs.zip",
			Title:       "Trans'Agglo_Réseau des transports en commun.GTFS.zip",
			Description: new("Les données sont synchronisées quotidiennement et disponibles au format GTFS dans un dossier .ZIP"),
			Filetype:    FiletypeRemote, Type: TypeMain, Format: "gtfs", Mime: "application/octet-stream",
			Metrics: json.RawMessage(`{"views": 797}`),
			Extras: json.RawMessage(`{
				"analysis:checksum": "7b7cd3744643d3dce3f5b8a4cd3c788b5526610b",
				"analysis:content-length": 69326,
				"analysis:last-modified-at": "2023-05-30T00:00:00+00:00",
				"analysis:last-modified-detection": "harvest-resource-metadata",
				"analysis:mime-type": "application/zip",
				"check:available": false,
				"check:date": "2024-07-24T06:12:04.117337+00:00",
				"check:timeout": true
			}`),
			Harvest:          &ResourceHarvest{IssuedAt: at("2021-09-02T00:00:00Z"), ModifiedAt: at("2024-07-29T00:00:00Z")},
			Schema:           &Schema{},
			CreatedInternal:  at("2021-09-03T02:10:14.716Z"),
			ModifiedInternal: at("2022-11-15T00:00:00Z"),
		}},
	}
}

// uploaded is a dataset of data.gouv.fr whose file was uploaded;
// testdata/uploaded.json is what udata 17.6 answered for it.
func uploaded() *Dataset {
	const about = "Localisation du parc de défibrillateurs géré par la commune de Sixt-sur-Aff. Le défibrillateur du complexe sportif " +
		"n'est pas accessible 24h/24."
	return &Dataset{
		ID: "5c1bab838b4c415d323a5741", Slug: "defibrillateurs-presents-sur-la-commune-de-sixt-sur-aff-en-2018",
		Title:            "Défibrillateurs présents sur la commune de Sixt-sur-Aff en 2018",
		Organization:     "5baa0e468b4c414416b6f7b2",
		CreatedInternal:  at("2018-12-20T15:47:31.496Z"),
		ModifiedInternal: at("2026-11-24T01:45:06.191Z"),
		LastUpdate:       at("2018-12-20T15:47:57.933Z"),
		Counts:           map[string]int64{"views": 913},
		Metrics:          `{"discussions":0,"resources_downloads":7}`,
		Doc: Doc{
			Description:      about,
			Tags:             []string{"defibrilateurs", "defibrillateur", "environnement-et-sante"},
			Frequency:        "annual",
			FrequencyDate:    at("2019-12-20T15:45:58Z"),
			TemporalCoverage: &TemporalCoverage{Start: "2018-01-01", End: "2018-12-31"},
			Extras:           json.RawMessage(`{}`),
		},
		Resources: []Resource{{
			ID: "39ed117d-57ba-46ac-95b6-d180f9a2371e",
			URL: "https://static.data.gouv.fr/resources/defibrillateurs-presents-sur-la-commune-de-sixt-sur-aff-en-2018/" +
				"20181220-154739/sixtsuraff-defibrillateurs-2018.csv",
			Title: "sixtsuraff-defibrillateurs-2018.csv", Description: new(about), Filetype: FiletypeFile, Type: TypeMain,
			Format: "csv", Mime: "text/csv", Filesize: new(int64(488)),
			Checksum: &Checksum{Type: "sha1", Value: "06b12303c112a2a4d410f8372879ddd9a631b1b3"},
			Metrics:  json.RawMessage(`{"views": 10}`),
			Extras: json.RawMessage(`{
				"analysis:checksum": "06b12303c112a2a4d410f8372879ddd9a631b1b3",
				"analysis:content-length": 488,
				"analysis:mime-type": "text/plain",
				"check:available": true,
				"check:date": "2023-06-02T02:11:19.444943+00:00",
				"check:headers:content-length": 488,
				"check:headers:content-type": "text/csv",
				"check:status": 200,
				"check:timeout": false
			}`),
			CreatedInternal:  at("2018-12-20T15:47:39.718Z"),
			ModifiedInternal: at("2018-12-20T15:47:57.933Z"),
		}},
	}
}

// complete is a made-up dataset that has something of everything.
func complete() *Dataset {
	return &Dataset{
		ID: "5e00000000000000000000c9", Slug: "budget", Title: `Budget "<de l'État>"`, Acronym: "BDG",
		Owner: "5e0000000000000000000002", License: "lov2", Private: true, Featured: true,
		CreatedInternal:  at("2020-01-01T00:00:00Z"),
		ModifiedInternal: at("2026-11-01T10:00:00.123456Z"),
		Archived:         at("2026-11-02T00:00:00Z"),
		Deleted:          at("2026-11-03T00:00:00Z"),
		Counts:           map[string]int64{"reuses": 3, "followers": 5, "views": 7},
		Metrics:          `{"dataservices":1,"followers_by_months":{"2026-11":5}}`,
		Doc: Doc{
			Description: "Tous les comptes.", DescriptionShort: "Les comptes", Tags: []string{"budget", "état"},
			Badges:           []Badge{{Kind: "hvd", CreatedAt: at("2026-01-01T00:00:00Z"), CreatedBy: "5e0000000000000000000001"}, {Kind: "spd"}},
			Frequency:        "fourTimesADay",
			TemporalCoverage: &TemporalCoverage{Start: "2020-01-01"},
			Spatial:          &territory.Coverage{Zones: []string{"fr:region:11"}, Granularity: "fr:commune", Geom: json.RawMessage(`{"type": "Point", "coordinates": [2.5, 48]}`)},
			Schema:           &Schema{Name: "etalab/schema-irve", Version: "2.2.0"},
			ContactPoints:    []string{"5e000000000000000000aaaa", "5e000000000000000000ffff", "5e000000000000000000bbbb"},
			Access: Access{
				Type: "restricted", RequestURL: "https://example.org/ask", Reason: "Secret", ReasonCategory: "protection_of_environment",
				Audiences: []Audience{{Role: "private", Condition: "under_condition"}},
			},
			Harvest: &Harvest{IssuedAt: at("2019-05-05T00:00:00Z"), ArchivedAt: at("2026-11-02T00:00:00Z"), Archived: "not-on-remote", CkanName: "budget"},
			Extras:  json.RawMessage(`{"a": {"b": [1, 2.50, null]}}`),
			Kept:    json.RawMessage(`{"ext": {"x": 1}}`),
		},
		Resources: []Resource{
			{
				ID: "11111111-1111-4111-8111-111111111111", URL: "https://example.org/a.pdf", Title: "Remote", Filetype: FiletypeRemote,
				Type: "documentation", Format: "PDF", Description: new(""),
				Extras:          json.RawMessage(`{"analysis:last-modified-at": "2026-10-31T08:00:00.5+02:00"}`),
				CreatedInternal: at("2020-01-01T00:00:00Z"), ModifiedInternal: at("2020-01-02T00:00:00Z"),
			},
			{
				ID: "22222222-2222-4222-8222-222222222222", URL: "https://example.org/b.csv", Title: "Upload",
				CreatedInternal: at("2020-01-01T00:00:00Z"), ModifiedInternal: at("2020-01-03T00:00:00Z"), StoredAs: "budget/b.csv",
				Checksum: &Checksum{Value: "abc"}, Kept: json.RawMessage(`{"deleted":null}`),
				// A source that changed in the future is not believed.
				Harvest: &ResourceHarvest{URI: "https://example.org/b", CreatedAt: at("2019-01-01T00:00:00Z"), ModifiedAt: at("2126-11-02T00:00:00Z"), LastUpdate: at("2026-11-02T00:00:00Z")},
			},
		},
	}
}
