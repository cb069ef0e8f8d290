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
