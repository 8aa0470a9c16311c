// What saves a wait or a surprise. Every page works without it.
"use strict";
// A form is sent once.
document.addEventListener("submit", function (e) {
  if (e.target.dataset.sent && !e.defaultPrevented) { e.preventDefault(); return; }
  if (e.target.method === "post") { e.target.dataset.sent = "1"; setTimeout(function () { delete e.target.dataset.sent; }, 4000); }
});
// Filters apply when they are chosen; the button is there for those without script.
document.querySelectorAll("form[data-live] select").forEach(function (s) {
  s.addEventListener("change", function () { s.form.requestSubmit(); });
});
// Datasets are found while one types.
document.querySelectorAll("[data-find]").forEach(function (box) {
  var input = box.querySelector("input[type=search]"), into = box.querySelector("[data-found]"), wait, last = "";
  if (!input || !into) { return; }
  input.addEventListener("input", function () {
    clearTimeout(wait);
    wait = setTimeout(function () {
      var q = input.value.trim();
      if (q.length < 3 || q === last) { return; }
      last = q;
      fetch("/api/1/datasets/?page_size=8&q=" + encodeURIComponent(q), { headers: { "X-Fields": "data{id,title}" } })
        .then(function (r) { return r.json(); })
        .then(function (list) {
          if (q !== last) { return; }
          into.querySelectorAll("label").forEach(function (l) { if (!l.querySelector("input").checked) { l.remove(); } });
          (list.data || []).forEach(function (d) {
            if (into.querySelector('input[value="' + d.id + '"]')) { return; }
            var l = document.createElement("label"), c = document.createElement("input");
            c.type = "checkbox"; c.name = "datasets"; c.value = d.id; l.className = "check";
            l.append(c, document.createTextNode(d.title)); into.append(l);
          });
        }).catch(function () { last = ""; });
    }, 200);
  });
});
