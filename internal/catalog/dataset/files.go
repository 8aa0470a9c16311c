package dataset

import (
	"slices"
	"strings"
)

// Extensions are those of the files that may be uploaded, udata's. HTML is
// missing on purpose: a page could act as the portal.
var Extensions = []string{
	"csv", "txt", "json", "pdf", "xml", "rtf", "xsd",
	"ods", "odt", "odp", "odg",
	"xls", "xlsx", "doc", "docx", "pps", "ppt", "pptx",
	"tar", "gz", "tgz", "rar", "zip", "7z", "xz", "bz2",
	"jpeg", "jpg", "jpe", "gif", "png", "dwg", "svg", "tiff", "ecw", "svgz", "jp2",
	"shp", "kml", "kmz", "gpx", "shx", "ovr", "geojson", "gpkg",
	"grib2",
	"dbf", "prj", "sql", "epub", "sbn", "sbx", "cpg", "lyr", "owl", "dxf", "ics", "parquet", "sqlite", "db",
	"rdf", "ttl", "n3",
}

// compressions are the extensions that say how a file is packed, after one
// that says what it is.
var compressions = []string{"gz", "bz2", "xz"}

// extension is the part of a file's name that says what it is, in lower case:
// "csv", "tar.gz"; "" when there is none.
func extension(name string) string {
	name = strings.ToLower(name)
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return ""
	}
	last := name[dot+1:]
	if strings.Trim(last, "abcdefghijklmnopqrstuvwxyz0123456789") != "" || len(last) > 16 {
		return ""
	}
	if slices.Contains(compressions, last) && strings.HasSuffix(name[:dot], ".tar") {
		return "tar." + last
	}
	return last
}

// allowed tells whether a file of the name may be uploaded.
func allowed(name string) bool {
	ext := extension(name)
	return slices.Contains(Extensions, ext[strings.LastIndexByte(ext, '.')+1:])
}

// mediaTypes are the media types by extension; the table is ours because that
// of package mime depends on the machine.
var mediaTypes = map[string]string{
	"csv": "text/csv", "txt": "text/plain", "json": "application/json", "pdf": "application/pdf", "xml": "application/xml",
	"rtf": "application/rtf", "xsd": "application/xml", "ics": "text/calendar", "sql": "application/sql", "epub": "application/epub+zip",
	"ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text",
	"odp": "application/vnd.oasis.opendocument.presentation", "odg": "application/vnd.oasis.opendocument.graphics",
	"xls": "application/vnd.ms-excel", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"doc": "application/msword", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"pps": "application/vnd.ms-powerpoint", "ppt": "application/vnd.ms-powerpoint",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"tar":  "application/x-tar", "tar.gz": "application/x-tar", "tar.bz2": "application/x-tar", "tar.xz": "application/x-tar",
	"tgz": "application/x-tar", "gz": "application/gzip", "bz2": "application/x-bzip2", "xz": "application/x-xz",
	"zip": "application/zip", "7z": "application/x-7z-compressed", "rar": "application/vnd.rar",
	"jpeg": "image/jpeg", "jpg": "image/jpeg", "jpe": "image/jpeg", "gif": "image/gif", "png": "image/png", "tiff": "image/tiff",
	"svg": "image/svg+xml", "svgz": "image/svg+xml", "jp2": "image/jp2",
	"kml": "application/vnd.google-earth.kml+xml", "kmz": "application/vnd.google-earth.kmz", "gpx": "application/gpx+xml",
	"geojson": "application/geo+json", "gpkg": "application/geopackage+sqlite3", "sqlite": "application/vnd.sqlite3",
	"parquet": "application/vnd.apache.parquet",
	"rdf":     "application/rdf+xml", "owl": "application/rdf+xml", "ttl": "text/turtle", "n3": "text/n3",
}

func mediaType(name string) string {
	if t := mediaTypes[extension(name)]; t != "" {
		return t
	}
	return "application/octet-stream"
}
