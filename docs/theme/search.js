// Chinese has no spaces: the index holds a zero-width space between the characters (harness/handbook/mkdocs_hooks.py), and
// here a query is cut in the same way, all of its characters being required. Other words are passed on as they are.
var __search = {
  transform: function (query) {
    return query
      .replace(/"/g, " ")
      .replace(/[\u3400-\u9fff]/g, " +$& ")
      .replace(/(?:^|\s)[*+\-:^~]+(?=\s|$)/g, " ")
      .trim();
  },
};

// A query that comes before the index stops the search until the page is left: nobody can type until it says that it is ready.
document.addEventListener("DOMContentLoaded", function () {
  var box = document.querySelector(".md-search__input");
  var state = document.querySelector(".md-search-result__meta");
  box.disabled = true;
  new MutationObserver(function (_, observer) {
    observer.disconnect();
    box.disabled = false;
    if (document.querySelector("#__search").checked) box.focus();
  }).observe(state, { childList: true });
});
