"""What credentials look like: the names they go by, and the shapes of the well-known ones."""

import re

MARK = b"[struck]"

_NAMES = (
    rb"(?:[\w.-]*?(?:api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key|auth[_-]?key"
    rb"|access[_-]?token|refresh[_-]?token|id[_-]?token|auth[_-]?token|bearer[_-]?token|session[_-]?token"
    rb"|security[_-]?token|client[_-]?token|secret[_-]?token|client[_-]?secret|secret|passw(?:or)?d|passphrase"
    rb"|credentials?|authorization|signature|set-cookie)"
    rb"|ew_key|x-earwitness-key|x-amz-credential|cookie|subscription-key)"
)
NAME = re.compile(_NAMES + rb"|token|key|sig|auth|jwt", re.IGNORECASE)  # of query parameters

_VALUE = rb'(?P<v>(?:[^"\\]|\\.)+)'
_INNER_VALUE = rb'(?P<v>(?:[^"\\]|\\\\(?:\\["\\]|[^"\\])|\\[^"\\])+)'  # of JSON inside a JSON string
# `token` alone is also what a piece of text is called: beside its probability, or on its way to a speaker
_PIECE = rb"(?:logprob|bytes|last|lang|interruptible|preemptible)"
FIELDS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rb'"' + _NAMES + rb'"\s*:\s*"' + _VALUE + rb'"',
        rb'"' + _NAMES + rb'"\s*:\s*\{[^{}]*?"value"\s*:\s*"' + _VALUE + rb'"',
        rb'"token"\s*:\s*"(?=[!-~]*[0-9]|[!#-~]{24})(?P<v>(?:[!#-\[\]-~]|\\.){8,})"(?!\s*,\s*"'
        + _PIECE
        + rb'")',
        rb'\\"' + _NAMES + rb'\\"\s*:\s*\\"' + _INNER_VALUE + rb'\\"',
        rb'\\"token\\"\s*:\s*\\"' + _INNER_VALUE + rb'\\"(?!\s*,\s*\\"' + _PIECE + rb'\\")',
        rb"(?:[?&;]|\\u0026)(?:" + _NAMES + rb"|token|key|sig|jwt)=(?P<v>[^&\s\"'\\;,<>#]+)",
    )
)
HEADERS_OBJECT = (  # of a remote tool: every header may be one
    re.compile(rb'"(?:request_)?headers"\s*:\s*\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}', re.IGNORECASE),
)
STRING_VALUE = re.compile(rb':\s*"' + _VALUE + rb'"', re.DOTALL)

_ALONE = rb"(?<![A-Za-z0-9_-])"
_IN_NO_SOUND = rb"(?<![A-Za-z0-9+/_-])"  # base64 holds every short word by chance
SHAPES = tuple(
    re.compile(pattern)
    for pattern in (
        _ALONE + rb"(?P<v>(?:sk|ek|pk|rk)-[A-Za-z0-9_-]{12,})",  # OpenAI and those who copied it
        _ALONE + rb"(?P<v>(?:sk|ek|pk|rk|gsk|xi|hf|nvapi|pat|rt|dg)_[A-Za-z0-9_-]{16,})",
        _ALONE + rb"(?P<v>whsec_[A-Za-z0-9+/]{16,}=*)",
        _ALONE + rb"(?P<v>xai-[A-Za-z0-9_-]{16,})",
        _ALONE + rb"(?P<v>gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,})",
        _ALONE + rb"(?P<v>xox[abeprs]-[A-Za-z0-9-]{10,})",
        _IN_NO_SOUND + rb"(?P<v>AIza[A-Za-z0-9_-]{35})(?![A-Za-z0-9+/=_-])",
        _IN_NO_SOUND + rb"(?P<v>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9+/=_-])",
        _ALONE
        + rb"(?P<v>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)",  # RFC 7515: a signed token
        rb"(?i:(?<![a-z])(?:bearer|basic)(?:\s+|%20|\+))"  # what follows must look like no word of a language
        rb"(?P<v>(?=[A-Za-z.~+/%-]*(?:[0-9=_]|(?<=[A-Za-z])[A-Z]))[A-Za-z0-9._~+/%-]{12,}=*)",
        _ALONE
        + rb"(?P<v>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)",  # RFC 7515: a signed token
        rb"(?P<v>-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))",
        rb"(?i:xi[-_ ]?(?:api[-_ ]?)?key)[\"']?\s*[:=]\s*[\"']?(?P<v>[A-Za-z0-9_]{16,})",
        rb"[a-z]://[^/\s:@\"]+:(?P<v>[^/\s@\"]+)@",  # a password in an address
    )
)
NEEDLES = tuple(  # in lower case and without digits; where none of them is, no pattern above can match
    b"key token secret passw passphrase authorization cookie signature credential headers sig= jwt= "
    b"sk- ek- pk- rk- sk_ ek_ pk_ rk_ xi_ whsec_ hf_ nvapi_ pat_ rt_ dg_ xai- gho_ ghp_ ghs_ ghu_ ghr_ "
    b"github_pat_ glpat- xox aiza akia asia bearer basic eyj ://".split()
)

PROTOCOL = re.compile(
    r"(?i)((?:[\w-]+\.)*[\w-]*(?:key|secret|token|bearer|authorization|auth|jwt|credential)[\w-]*)\.(.+)"
)
CREDENTIAL_WORD = re.compile(r"(?i)bearer|authorization|(?:access[_-]?|auth[_-]?)?token|(?:x-)?api-?key|jwt")
