"""Finding function bodies in C++: every kind of brace that is no block."""

import pytest

from harness.starter.cpp import CppError, code_only, find_function

BODIES = {
    "a plain function": ("int f(int a) {\n  return a;\n}\nint g;", "\n  return a;\n", True),
    "on one line": ("void f() { g(); } int x;", " g(); ", False),
    "braces in a string": ('void f() { g("}{\\"}"); }', ' g("}{\\"}"); ', False),
    "braces in a raw string": ('void f() { g(R"x(} )" { )x"); }', ' g(R"x(} )" { )x"); ', False),
    "a raw string with a prefix": ('void f() { g(u8R"(})"); }', ' g(u8R"(})"); ', False),
    "a name that ends in R is no raw string": ('void f() { VAR"(}"; }', ' VAR"(}"; ', False),
    "character literals": ("void f() { g('}', '\\'', '\"', L'{'); }", " g('}', '\\'', '\"', L'{'); ", False),
    "digit separators": ("int f() { return 1'000'000 + 0x1'f; }", " return 1'000'000 + 0x1'f; ", True),
    "braces in comments": ("void f() { // }\n /* } */ g(); }", " // }\n /* } */ g(); ", False),
    "a comment that goes on": ("void f() { // } \\\n }\n g(); }", " // } \\\n }\n g(); ", False),
    "a quote in a comment": ("void f() { // don't\n g(); }", " // don't\n g(); ", False),
    "preprocessor lines": ("void f() {\n#define X {\n#if 1 // '\n  g();\n#endif\n}", "\n#define X {\n#if 1 // '\n  g();\n#endif\n", False),
    "two branches that open one brace": ("void f() {\n#ifdef A\n  if (a) {\n#else\n  if (b) {\n#endif\n  }\n}",
                                         "\n#ifdef A\n  if (a) {\n#else\n  if (b) {\n#endif\n  }\n", False),
    "nested conditionals": ("void f() {\n#if A\n#if B\n{\n#else\n{{\n#endif\n}\n#else\n}\n#endif\n}",
                            "\n#if A\n#if B\n{\n#else\n{{\n#endif\n}\n#else\n}\n#endif\n", False),
    "a template": ("template <class T, class = std::enable_if_t<(sizeof(T) > 2)>>\nT f(T t) { return T{t}; }",
                   " return T{t}; ", True),
    "a template that returns nothing": ("template <class T>\nvoid f(T t) { g<T>(t); }", " g<T>(t); ", False),
    "a default argument with braces": ("void f(A a = {1, {2}}, B b = B{}) { g(); }", " g(); ", False),
    "a lambda as default argument": ("int f(F g = [] { return 1; }) { return g(); }", " return g(); ", True),
    "a lambda within": ("int f() { auto g = [&]() -> int { return 1; }; return g(); }",
                        " auto g = [&]() -> int { return 1; }; return g(); ", True),
    "constructor initialisers": ("Log::Log(int n) : a_(n), b_{n, {1}}, c_([] { return 1; }) { body(); }", " body(); ", False),
    "an initialiser of a template base": ("X::X() : Base<int>{1}, y_{2}\n{ body(); }", " body(); ", False),
    "an initialiser with a qualified name": ("X::X() : ns::Base{1} {\n  body();\n}", "\n  body();\n", False),
    "an initialiser pack": ("template <class... B>\nX<B...>::X(B... b) : B(b)... { body(); }", " body(); ", False),
    "a destructor": ("X::~X() { body(); }", " body(); ", False),
    "qualifiers": ("auto X::f() const& noexcept(noexcept(g())) -> std::vector<int> { return {}; }", " return {}; ", True),
    "a trailing void": ("auto f() -> void { g(); }", " g(); ", False),
    "a pointer to void": ("void* f() { return nullptr; }", " return nullptr; ", True),
    "specifiers": ("[[nodiscard]] static inline constexpr int f() { return 1; }", " return 1; ", True),
    "static void": ("static void f() { g(); }", " g(); ", False),
    "the call operator": ("size_t Hash::operator()(std::string_view s) const { return 1; }", " return 1; ", True),
    "a comparison": ("bool operator<(const A& a, const A& b) { return a.x < b.x; }", " return a.x < b.x; ", True),
    "a conversion": ("X::operator bool() const { return true; }", " return true; ", True),
    "a requires-expression": ("template <class T>\n  requires requires(T t) { t.x; }\nvoid f(T t) { t.x; }", " t.x; ", False),
    "a requires-clause": ("template <class T>\nvoid f(T t) requires(sizeof(T) > 1) { g(); }", " g(); ", False),
    "a qualified result": ("RequestParser::Result RequestParser::next(InputBuffer& in) { return fail(); }", " return fail(); ", True),
    "comments and directives in front": ("// void x() {\n#if 1\nint f() { return 1; }\n#endif", " return 1; ", True),
}


@pytest.mark.parametrize("name", BODIES)
def test_body(name):
    text, body, returns_value = BODIES[name]
    function = find_function(code_only(text), 0)
    assert text[function.open + 1:function.close] == body
    assert function.returns_value is returns_value


@pytest.mark.parametrize("text, complaint", [
    ("int f();", "a declaration, not a definition: int f"),
    ("X() = default;", "a declaration"),
    ("int x = 1;", "a declaration"),
    ("struct S { int x; };", "no function starts here"),
    ("namespace a {\nint f() { return 1; }\n}", "no function starts here"),
    ("void f() { if (x) {", "line 1: '{' is never closed"),
    ("void f() { g(]; }", "closes nothing"),
    ("  // nothing\n", "no function at the end"),
    ("}\nvoid f() {}", "closes nothing"),
])
def test_what_is_no_function(text, complaint):
    with pytest.raises(CppError) as error:
        find_function(code_only(text), 0)
    assert complaint in str(error.value)


def test_blanks_keep_every_position():
    text = 'int a; // b\n#include <x>\nauto s = "c\\n"; char c = \'d\'; auto r = R"(e\nf)";\n'
    blanked = code_only(text)
    assert len(blanked) == len(text)
    assert [i for i, c in enumerate(text) if c == "\n"] == [i for i, c in enumerate(blanked) if c == "\n"]
    assert blanked.split() == "int a; auto s = ; char c = ; auto r = ;".split()
