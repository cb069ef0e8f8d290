"""The handbook's tools. Standard library only, but for mkdocs_hooks.py, which mkdocs runs.

  site.py              where its pages are, which languages there are
  excerpts.py          code in pages comes from the sources, tables from the scripts that print them
  drawings.py          the drawings in Chinese, made of the English ones and tables of words
  references.py        the fast check: links, anchors, images, paths of code; both languages say the same
  servers.py           what the servers of all stages say of themselves
  measured.py          what the differential runs have measured
  reference.py         the generated pages: commands, options, INFO fields, compatibility
  reference_words.py   their words, by language
  option_meanings.py   the meanings of options in Chinese
  mkdocs_hooks.py      how a page becomes a page of the site
  build.py             builds the site of both languages
  built.py             the check of the built site: links, anchors, images of its HTML
  browser.py           the check in a headless browser at the width of a phone
  devtools.py          the conversation with that browser
"""
