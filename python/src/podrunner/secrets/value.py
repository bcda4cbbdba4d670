"""Whether a value is a secret, by its name and by its look: references, paths, patterns, switches and marks are not."""

from __future__ import annotations

import base64
import binascii
import math
import re
from functools import lru_cache

from podrunner.secrets.names import Likeness, likeness, words_of
from podrunner.secrets.patterns import compiled

# Variables of shells, Kubernetes, Windows and Symfony; templates; what argocd-vault-plugin and people write for "put it here".
_VARIABLE = r"(?s)\$\w+|\$\{[^{}]*\}|\$\{\w+:?[?+=-][^{}]*\Z|\$\([^()]*\)?|\$\$|%env\([^()]*\)%|%\w+%|\$?\{\{.{0,500}?\}\}|<[^<>\n]*>|\$\[\[.{0,500}?\]\]"
# References with a scheme of their own, and texts that only their key opens.
_REFERENCE = (
    r"(?:vault|@podrunner-secret|ref\+\w+|op|arn|file|env|ssm|secretsmanager|awssm|gcpsm|sm|azurekeyvault|akv|keyvault"
    r"|bao|conjur|doppler|k8s|secret):\S"
    # Of `podman build --secret id=NAME,src=FILE`.
    r"|(?:id|src|source|type)=|projects/[\w-]+/secrets/|ENC\[|\$ANSIBLE_VAULT;|@Microsoft\.KeyVault\(|@/|!vault|!reference"
    # A call in a program's text: `os.getenv(`.
    r"|[A-Za-z_]{2,}(?:\.[A-Za-z_]+)*\([\w., ]*\)*\Z"
)
_WORD = r"(?i)true|false|yes|no|on|off|null|nil|none|undefined|void|empty|\(?not shown\)?|\d{0,5}"
# What others have put in the place of a secret.
_MASK = r"(?i)[*•.…x]{3,}|[\w-]{0,6}…\W*|[\W_]{0,2}(?:redacted|masked|censored|hidden|filtered|removed|secret|omitted)[\W_]{0,2}"
_PATH = (
    r"(?:~|\.\.?)/\S*|/(?:[\w.@+~-]+/)+[\w.@+~*-]*|[A-Za-z]:\\\S*"
    r"|/(?:run|etc|var|secrets?|home|builds|tmp|opt|usr|vault|mnt|dev|root|srv|certs?|cache|data|proc|sys)?"
)
# What a script looks for, and where a program puts a text in: `\(.*\)`, `*`, `[A-Za-z0-9_-]+`, `(?P<pw>\S+)`, `%s`, `{token}`.
_PATTERN = (
    r"""[\^"']{0,2}(?:\\?\((?:\?P?<\w{1,40}>|\?:)?|\\?\)|\[\^?[^\[\]\n]{1,40}\]|\[\[:\w{1,10}:\]\]|\\[AbBdDKsSwWzZ]|[.*+?|]|\\\+|\{\d{1,4},?\d{0,4}\}){1,40}(?:\$?["']?|\[\^?)"""
    r"|%[-+# 0]*\d{0,3}[a-z]|\{\w{0,40}\}"
)
_URL = r"[A-Za-z][\w+.-]*://\S+"
_HOST = r"[\w.-]+:\d{1,5}(?:/[\w-]*)?"
# PEM of a public key or a certificate, in base64: `keyData` of policy.json, `certificate-authority-data`.
_PUBLIC = r"LS0tLS1CRUdJTiB(?:QVUJMSUMgS0VZ|QR1AgUFVCTElDIEtFW|DRVJUSUZJQ0FUR)[\w+/=]*"
# RFC 1123: the name of a Secret, or of a key in one.
_OBJECT = r"[A-Za-z][\w.-]{0,252}"
# What may stand between and behind variables: `$USER:$PASSWORD`, `Bearer $TOKEN`, `$NAME-suffix`.
_BETWEEN = r"(?i)(?:basic|bearer|token|apikey)?[\s:/@.,;|&=_`{}…-]*"
_BEHIND = r"[A-Za-z\s:/@.,_…-]*"


@lru_cache(maxsize=16384)
def is_secret(name: str, value: str) -> bool:
    """Whether a value is a secret by the name that it has, and not only a reference to one."""
    kind = likeness(name)
    if kind is Likeness.NONE or is_reference(name, value):
        return False
    if kind is Likeness.RANDOM:
        return is_user_and_password(value) or is_drawn(value) or _is_login(name, value)
    return kind is Likeness.SECRET or not is_object_name(value)


def _is_login(name: str, value: str) -> bool:
    """Whether a value is `user:password`, under a name such as `basicAuth`."""
    user, colon, password = value.partition(":")
    return words_of(name)[-2:] == ["basic", "auth"] and bool(user and colon) and is_opaque(password)


def is_reference(name: str, value: str) -> bool:
    """Whether a value of this name only says where the secret is, or that there is none."""
    value = value.strip().strip("\"'")
    if any(
        compiled(pattern).fullmatch(value) for pattern in (_WORD, _MASK, _PATTERN, _PATH, _URL, _HOST, _PUBLIC)
    ) or compiled(_REFERENCE).match(value):
        return True
    rest = compiled(_VARIABLE).sub("", value)
    if rest != value:
        return bool(compiled(_BETWEEN).fullmatch(rest)) or bool(
            value[0] in "$%{<" and compiled(_BEHIND).fullmatch(rest)
        )
    # `accessKey: access-key` tells nothing but the name of a key.
    words = "".join(words_of(value))
    return bool(words) and re.fullmatch(r"[\w.-]+", value) is not None and "".join(words_of(name)).endswith(words)


def is_object_name(value: str) -> bool:
    """Whether a value may be the name of a Secret: not one that looks as if it was drawn."""
    return bool(compiled(_OBJECT).fullmatch(value)) and not is_drawn(value)


def is_drawn(value: str) -> bool:
    """Whether a text looks as if a machine had drawn it: long, with digits among the letters, and not of words."""
    if len(value) < 16 or not re.fullmatch(r"(?=.*[A-Za-z])(?=.*\d)[\w+/=.~%-]+", value):
        return False
    return sum(map(len, re.findall(r"[a-z]{3,}", value))) <= len(value) * 0.5


def is_opaque(value: str) -> bool:
    """Whether a text is none that people write in sentences: letters with digits or signs among them."""
    if len(value) < 6 or re.fullmatch(r"v?\d+(?:\.\d+)*[\w.-]*|[\d.:]+|\W+", value):
        return False
    return bool(re.search(r"\d", value) and re.search(r"[A-Za-z]", value)) or bool(re.search(r"[!#$%&*+=?^~]", value))


def is_user_and_password(value: str) -> bool:
    """Whether a text is base64 of `user:password`, as HTTP and Docker send it."""
    text = _decoded(value)
    return text is not None and ":" in text[1:-1] and text.isprintable()


def is_cloud_key(value: str) -> bool:
    """Whether 40 characters are a secret key of AWS: drawn ones of base64, and no hash, name, path or text."""
    if not all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", r"\d")):
        return False
    text = _decoded(value)
    small = sum(len(word) for word in re.findall(r"[a-z]{4,}", value))
    return (text is None or not text.isprintable()) and small <= 18 and _entropy(value) >= 4.2


def _entropy(text: str) -> float:
    """Shannon's, in bits a character."""
    shares = [text.count(character) / len(text) for character in set(text)]
    return -sum(share * math.log2(share) for share in shares)


def _decoded(value: str) -> str | None:
    """A text in base64; None for what is none."""
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
