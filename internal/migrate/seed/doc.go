// Package seed fills a portal with a made-up catalogue: for a demonstration,
// for a newcomer's first look, for benchmarks.
//
// It is made to be believed at first sight – ministries and towns that publish
// datasets, people and associations that build maps, articles and APIs with
// them, in French and in English – and to be no one's: people bear names that
// nobody has, every address is under example.org, and each organization's
// description says that it is made up.
//
// The rules:
//
//   - The same options, Now included, give the same rows on every engine. Each
//     object has a stream of random numbers of its own, named by its kind and
//     its place in the plan, so that nothing has to be kept to write it.
//   - Counters are those that counting would find. They are worked out from
//     the plan before anything is written, and written with the object.
//   - All is one transaction: an interrupted run leaves nothing behind.
//   - Popularity has a long tail, as everywhere: a few reuses, datasets and
//     organizations have most of the followers, views and links.
//
// Two steps: plan.go decides what there is and how it is linked (small: some
// hundred bytes an object), and one file a noun writes it out. The words stand
// in places.go, publishers.go, series*.go (what data is about) and prose*.go
// (what people say about it).
package seed
