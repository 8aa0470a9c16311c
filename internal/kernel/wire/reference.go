package wire

// Reference writes {"class": …, "id": …}, or null when there is no id.
func (w *Writer) Reference(class, id string) {
	if id == "" {
		w.Null()
		return
	}
	w.Open('{')
	w.Key("class")
	w.String(class)
	w.Key("id")
	w.String(id)
	w.Close('}')
}
