"""What people try in order to be redirected elsewhere: each as it would stand in a query, decoded once."""

ELSEWHERE = [
    "https://evil.example", "http://evil.example/", "HTTPS://EVIL.EXAMPLE", "//evil.example", "///evil.example",
    "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example",
    "\\/\\/evil.example/", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example",
    "\n//evil.example", " //evil.example", "/ /evil.example", "/\x00/evil.example", "\x00//evil.example",
    "/%09/evil.example", "/%0a/evil.example", "/%0d%0aLocation:%20https://evil.example", "/%2f/evil.example",
    "/%2f%2fevil.example", "/%5cevil.example", "/%5c%5cevil.example", "%2f%2fevil.example", "/%252f%252fevil.example",
    "/\r\nLocation: https://evil.example", "/\r\nSet-Cookie: a=b", "/a\r\n\r\n<script>alert(1)</script>",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "/javascript:alert(1)", "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "blob:https://evil.example/x",
    "https:evil.example", "https:/evil.example", "https:///evil.example", "http:\\\\evil.example", ":evil.example",
    "@evil.example", "/@evil.example", ".evil.example", "/.evil.example", "evil.example", "?//evil.example",
    "#//evil.example", "/..//evil.example", "/.//evil.example", "/a/../..//evil.example", "/;@evil.example",
    "/?next=//evil.example", "/#//evil.example", "/\u2028/evil.example", "/\u3002evil.example", "/\uff0f/evil.example",
    "\uff0f\uff0fevil.example", "//evil\u3002example", "/\x0b/evil.example", "/\x7f/evil.example", "/\x85/evil.example",
    "https://wiki.contoso.example.evil.example", "https://wiki.contoso.example@evil.example",
    "https://evil.example#wiki.contoso.example", "https://evil.example?wiki.contoso.example",
    "//wiki.contoso.example:443@evil.example", "/\ufeff/evil.example", "/\udcff//evil.example",
    "/.gatehouse/begin?resource=x", "/.gatehouse/../..//evil.example", "[https://evil.example]", "<https://evil.example>",
]  # fmt: skip
