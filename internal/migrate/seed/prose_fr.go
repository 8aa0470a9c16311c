package seed

var french = pages{
	intro: map[string][]string{
		"visualization": {
			"Cette carte interactive montre les {things} {in}. Chaque point se clique, et les filtres permettent de comparer les secteurs et les années.",
			"Combien, où, depuis quand ? Cette visualisation répond en trois graphiques aux questions que l'on nous pose le plus souvent sur les {things} {of}.",
			"Un tableau de bord pour suivre les {things} {in} au fil du temps, avec une vue d'ensemble et une fiche par secteur.",
			"Nous voulions voir d'un seul regard les {things} {in}. Le résultat tient sur une page : une carte, une frise et un classement que l'on peut trier.",
		},
		"application": {
			"Cette application rassemble les {things} {in} et les présente sur un écran simple, pensé d'abord pour le téléphone. Il n'y a ni compte à créer, ni publicité.",
			"Vous vous intéressez aux {things} {in} ? L'application affiche ce qu'il y a autour de vous et fonctionne aussi sans connexion.",
			"Née lors d'un atelier ouvert à tous, cette application aide les habitants et les visiteurs à s'y retrouver parmi les {things} {of}.",
			"Une application légère, sans traceur, pour consulter les {things} {in} en quelques secondes.",
		},
		"api": {
			"Une API non officielle, gratuite et documentée, pour interroger les {things} {of} sans télécharger les fichiers complets. Elle répond en JSON et en GeoJSON.",
			"Les fichiers d'origine sont volumineux et changent souvent. Cette API les recharge chaque nuit, les nettoie et donne accès aux {things} {of} par de simples requêtes HTTP.",
		},
		"paper": {
			"Ce travail étudie la répartition des {things} {in} et cherche à savoir ce qui l'explique. Il a été relu par deux personnes extérieures au projet.",
			"Nous proposons une méthode simple pour estimer la qualité des données sur les {things} {in}, et nous l'appliquons à plusieurs années de fichiers publics.",
			"Quels sont les facteurs liés aux {things} ? À partir des données ouvertes disponibles {in}, cet article compare trois modèles et discute leurs limites.",
		},
		"news_article": {
			"Notre rédaction a passé plusieurs semaines à décortiquer les chiffres sur les {things} {in}. L'article raconte ce que l'on y voit, et ce que l'on n'y voit pas.",
			"Que disent vraiment les données publiques sur les {things} {in} ? Nous les avons confrontées au terrain, avec l'aide de celles et ceux qui les produisent.",
			"Une enquête en trois volets sur les {things} {in}, avec des cartes, des témoignages et les fichiers qui ont servi aux calculs.",
		},
		"post": {
			"Ce billet raconte pas à pas comment nous avons téléchargé, nettoyé puis représenté les données sur les {things} {in}. Le code tient en une centaine de lignes.",
			"Un retour d'expérience sur l'utilisation des données ouvertes : ce qui marche, ce qui coince, et ce que nous avons appris en travaillant sur les {things} {in}.",
		},
		"idea": {
			"Une idée que nous aimerions voir réalisée : un outil qui expliquerait les {things} {in} à des élèves de collège, à partir des données déjà ouvertes.",
			"Pourquoi ne pas croiser les {things} {in} avec les remarques des habitants ? Voici une proposition, quelques croquis et une liste de ce qui manque encore.",
		},
		"hardware": {
			"Un petit boîtier à monter soi-même, posé près de la porte, qui affiche les {things} {in}. Il coûte une trentaine d'euros et se programme en une soirée.",
			"Un écran à encre électronique, alimenté par une batterie qui tient six mois, pour garder sous les yeux les {things} {of}.",
		},
	},
	sourced: []string{
		"Tout part du jeu de données « {dataset} », mis à disposition par {publisher}. Les fichiers sont relus automatiquement à chaque mise à jour.",
		"Les données viennent du jeu « {dataset} », publié par {publisher}. Nous n'avons gardé que les colonnes utiles ({columns}) et écarté les lignes incomplètes.",
		"La source principale est « {dataset} », que publie {publisher}. Les autres jeux de données liés à cette réutilisation servent à compléter et à vérifier.",
		"Le projet s'appuie sur « {dataset} ». Les questions posées dans les discussions de ce jeu de données ont permis, avec {publisher}, de corriger plusieurs erreurs.",
	},
	unsourced: []string{
		"Les données ont été relevées sur le terrain par des bénévoles ; elles ne figurent pas encore dans un catalogue ouvert.",
		"Nous avons demandé les données aux services concernés, qui nous les ont transmises par courriel. Leur ouverture est annoncée pour cette année.",
	},
	features: []string{
		"Ce que l'on peut faire :\n\n- chercher par nom ou par adresse ;\n- filtrer par année et par secteur ;\n- télécharger le résultat au format CSV ;\n- partager une vue par un simple lien.",
		"### Fonctions\n\n- recherche tolérante aux fautes de frappe ;\n- comparaison de deux périodes ;\n- mode contrasté et navigation au clavier ;\n- mise à jour automatique, avec la date du dernier fichier.",
		"La page s'ouvre sur une vue d'ensemble. On **zoome** pour voir le détail, on **clique** pour lire la fiche, et l'on revient en arrière comme sur n'importe quel site.",
	},
	findings: []string{
		"Trois constats :\n\n1. les écarts entre secteurs restent forts ;\n2. la situation s'améliore lentement depuis {year} ;\n3. les données manquantes ne sont pas réparties au hasard.",
		"### Ce que nous avons appris\n\nLe plus long n'est pas de calculer, mais de comprendre ce que chaque colonne veut dire. Depuis {year}, les définitions ont changé deux fois, et les comparaisons doivent en tenir compte.",
		"> Une moyenne cache toujours quelque chose : ici, les extrêmes racontent l'essentiel.\n\nLes résultats détaillés sont donnés par secteur, avec les effectifs, pour que chacun puisse refaire les calculs.",
	},
	calls: []string{
		"Points d'accès principaux :\n\n- `GET /v1/search?q=` cherche par mot ;\n- `GET /v1/items/{id}` renvoie une fiche ;\n- `GET /v1/near?lat=&lon=` liste ce qui est proche ;\n- `GET /v1/export.csv` renvoie tout.",
		"### Exemple\n\n```\ncurl 'https://api.example.org/v1/search?q=centre&limit=5'\n```\n\nLes réponses sont paginées, datées et accompagnées d'un `ETag`. Le service accepte dix requêtes par seconde.",
	},
	method: []string{
		"### Méthode\n\nLes fichiers sont téléchargés chaque nuit, comparés à la version précédente, puis chargés dans une base. Les lignes qui ne passent pas les contrôles sont mises de côté et signalées au producteur.",
		"Le traitement est écrit en Python et tient dans un seul script. Il lit les fichiers, convertit les dates, rattache chaque ligne à sa commune et produit les agrégats affichés.",
		"Le code source est libre : on peut le lire, le corriger et l'adapter à un autre territoire. Il se trouve sur [notre forge](https://code.example.org/).",
		"| Étape | Durée |\n| --- | ---: |\n| Téléchargement | 2 min |\n| Contrôles | 5 min |\n| Publication | 1 min |",
	},
	audience: []string{
		"Le projet s'adresse d'abord aux habitants, mais aussi aux élus, aux journalistes et aux enseignants, qui peuvent s'en servir librement en citant la source.",
		"Il a été testé avec une quinzaine de personnes qui n'avaient jamais ouvert un fichier de données. Leurs remarques ont conduit à simplifier l'écran d'accueil.",
		"Des ateliers sont organisés plusieurs fois par an pour apprendre à lire ces chiffres et à poser de bonnes questions.",
	},
	limits: []string{
		"Attention : les données peuvent avoir quelques jours de retard, et certains secteurs ne sont pas couverts. En cas de doute, c'est la source officielle qui fait foi.",
		"Les chiffres antérieurs à {year} ne sont pas directement comparables, la méthode de collecte ayant changé. Ils sont affichés en gris.",
		"Ce service n'est pas officiel. Il est proposé sans garantie, mais toutes les erreurs signalées sont corrigées rapidement.",
	},
	closing: []string{
		"Une erreur, une idée ? Laissez un message dans la discussion ci-dessous ou sur [la page du projet](https://projets.example.org/).",
		"Merci à toutes les personnes qui ouvrent, documentent et corrigent ces données.",
		"Prochaine étape : étendre le projet aux territoires voisins. Toutes les aides sont bienvenues.",
		"Réalisé par {by}, sur le temps libre et avec des outils libres.",
	},
}

// What datasets say about themselves; {publisher}, {columns}, {every} and {year}
// are filled in.
var (
	datasetIntro = []string{
		"Ce jeu de données recense les {things} {in}. Chaque ligne correspond à un enregistrement ; les principales colonnes sont : {columns}.",
		"Données sur les {things} {in}, mises à disposition par {publisher}.\n\nContenu des fichiers : {columns}.",
		"Ce jeu de données porte sur les {things} {in}. Il est destiné aux habitants, aux chercheurs et à toute personne qui souhaite construire un service.\n\n- Champs principaux : {columns}\n- Encodage : UTF-8\n- Séparateur des fichiers CSV : point-virgule",
	}
	datasetMore = []string{
		"Les données sont produites par {publisher} dans le cadre de ses missions, puis contrôlées avant publication.",
		"Mise à jour : {every}. Les versions précédentes restent disponibles sur demande.",
		"### Précautions d'usage\n\nLes coordonnées sont exprimées dans le système WGS 84. Certaines lignes peuvent être incomplètes, en particulier avant {year}.",
		"Les valeurs inférieures à 5 sont masquées pour protéger la vie privée.",
		"La documentation jointe décrit chaque champ, ses unités et les codes utilisés.",
		"Pour toute question, utilisez les discussions : les réponses profitent ainsi à tous.",
	}
	serviceText = []string{
		"Cette API donne accès aux {things} {in} sans télécharger les fichiers.\n\nElle permet de chercher, de filtrer et de paginer. Les réponses sont en JSON, avec les mêmes champs que les fichiers : {columns}.",
		"Interrogez les {things} {in} en temps réel. L'accès est libre dans la limite d'un usage raisonnable ; une clé gratuite augmente le nombre de requêtes.\n\nLa documentation technique suit la norme OpenAPI.",
	}
)
