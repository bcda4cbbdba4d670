"""What a secret looks like: the one table of names that secrets have, and of formats that say so by themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Likeness(Enum):
    """What a name says of its value."""

    NONE = "is not a secret"
    # `auth`, `cookie`: others have such names, too.
    RANDOM = "is a secret where it looks random"
    # `auth-secret`, `secretKey`: in Kubernetes mostly the name of a Secret, or of a key in one.
    OBJECT = "is a secret unless it looks like the name of an object"
    SECRET = "is a secret, unless it is a reference to one"


# camelCase, UPPER_CASE, kebab-case and dotted names, word by word: `dbPassword`, `APIKey`, `DB_PWD`.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# fmt: off
# Behind the words that count: PASSWORD_OLD, TOKEN_PROD, API_KEY_2.
_BEHIND = frozenset({
    "prod", "production", "dev", "staging", "test", "old", "new", "current", "previous", "primary", "secondary",
    "default", "backup", "b64", "base64", "encoded", "plain", "plaintext", "value", "raw", "string",
})
# Last words that are enough, also at the end of one that is written together: `dbpassword`, `PGPASSWORD`.
_ENDINGS = (
    "password", "passwords", "passwort", "kennwort", "passwd", "passwds", "passphrase", "passphrases", "passcode", "token", "credential",
    "credentials", "secret", "apikey", "apikeys", "accesskey", "secretkey", "privatekey", "accountkey", "sshkey",
    "signingkey", "encryptionkey", "masterkey", "sharedkey", "deploykey", "authkey", "connectionstring",
)
# The same, too short to be looked for at the end of any word, such as `compass` and `oldpwd`.
_SHORT = ("pass", "pw", "pwd")
_ALONE = frozenset({
    *_SHORT, "pwds", "creds", "cred", "jwt", "dockercfg", "dockerconfigjson",
    *(before + end for before in ("db", "my", "root", "admin", "user", "ssh", "smtp", "key", "store", "bind", "sudo", "ftp", "ldap") for end in _SHORT),
})
# Last words that count only together.
_TOGETHER = (
    *((word, "key") for word in (
        "api", "access", "private", "account", "ssh", "gpg", "pgp", "signing", "sign", "encryption", "encrypt",
        "decryption", "master", "shared", "storage", "deploy", "license", "licence", "app", "application", "auth",
        "admin", "session", "webhook", "hmac", "aes", "rsa", "cipher", "unseal", "recovery", "subscription", "sas",
    )),
    *((word, "keys") for word in ("api", "access", "private")),
    ("connection", "string"), ("connection", "strings"), ("conn", "string"), ("conn", "str"),
    ("secret", "id"), ("key", "base"), ("key", "data"), ("docker", "auth", "config"),
    ("amz", "signature"), ("goog", "signature"), ("shared", "access", "signature"),
)
_RANDOM = frozenset({"auth", "authorization", "cookie", "pat", "sig", "signature", "bearer", "sas"})
# What stands before `token`, `pass` and `secret` where they are something else.
_OTHER = {
    "token": frozenset({
        "page", "paging", "pagination", "next", "prev", "continue", "continuation", "cancel", "cancellation", "max",
        "min", "eos", "bos", "pad", "unk", "sep", "cls", "mask", "stop", "start", "end", "special", "design", "sync",
    }),
    "pass": frozenset({"by", "first", "second", "multi", "single", "low", "high", "band", "all", "render"}),
    "secret": frozenset({
        "existing", "pull", "tls", "ssl", "cert", "certificate", "ca", "ingress", "image", "use", "create", "external",
    }),
}
# `<one of these>-secret` and `<one of these>Secret` are secrets; other such names are mostly those of a Secret.
_OF_SECRETS = frozenset({
    "client", "app", "application", "consumer", "shared", "webhook", "jwt", "api", "oauth", "signing", "cookie",
    "session", "hmac", "totp", "otp", "master", "user", "bot", "hook", "sso", "oidc",
})
# fmt: on


@lru_cache(maxsize=16384)
def likeness(name: str) -> Likeness:
    """What the name of a key, variable, option, header or parameter says of its value."""
    if name.startswith("checksum/"):
        return Likeness.NONE
    words = words_of(name.rpartition("/")[2])
    while words and (words[-1].isdigit() or words[-1] in _BEHIND) and len(words) > 1:
        if tuple(words[-2:]) in _TOGETHER:
            break
        words.pop()
    if not words:
        return Likeness.NONE
    if words[-1] == "secret" or words[-2:] == ["secret", "key"]:
        return _secret(name, words)
    if words[-2:-1] and words[-2] in _OTHER.get(words[-1], ()):
        return Likeness.NONE
    if words[-1] in _ALONE or words[-1].endswith(_ENDINGS) or _ends_together(words):
        return Likeness.SECRET
    if words[-1] == "pat" and len(words) > 1:
        return Likeness.SECRET
    return Likeness.RANDOM if words[-1] in _RANDOM else Likeness.NONE


def words_of(name: str) -> list[str]:
    """The words of a name, in small letters: ["db", "password"]."""
    return [word.lower() for word in _WORD.findall(name)]


def _ends_together(words: list[str]) -> bool:
    return any(tuple(words[-len(end) :]) == end for end in _TOGETHER)


def _secret(name: str, words: list[str]) -> Likeness:
    """`secret` and `secret key` are what most names of Secrets, and of keys in them, end with, too."""
    if words[-1] == "key":
        # In a map of Kubernetes, where all keys are written so.
        return Likeness.OBJECT if name.endswith("secretKey") else Likeness.SECRET
    before = words[-2] if len(words) > 1 else ""
    if before in _OTHER["secret"]:
        return Likeness.NONE
    is_variable = name.isupper() or name.endswith("_secret")
    return Likeness.SECRET if is_variable or before in _OF_SECRETS else Likeness.OBJECT


@dataclass(frozen=True, slots=True)
class Format:
    """A form that only secrets have. One of `hints` is in every line that has one, in small letters."""

    hints: tuple[str, ...]
    pattern: str

    @property
    def is_block(self) -> bool:
        """Whether it goes on for lines."""
        return self.pattern.startswith("-----")


def _format(pattern: str, *hints: str) -> Format:
    return Format(hints, pattern)


# A block without an end goes on for as long as it looks like one.
_PRIVATE_KEY = (
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:(?!-----BEGIN )[\s\S]){0,20000}?-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[\w+/=\s\\:,.]{0,20000})"
)
_GITLAB = ("pat", "rt", "rtr", "dt", "cbt", "ptt", "ft", "imt", "agent", "oas", "soat", "ffct", "wt")
FORMATS = (
    # GitLab, GitHub.
    *(_format(rf"\bgl{kind}-[\w-]{{10,}}(?:\.[\w-]+)*", f"gl{kind}-") for kind in _GITLAB),
    _format(r"\bGR1348941[\w-]{10,}", "gr1348941"),
    *(_format(rf"\bgh{kind}_\w{{10,}}", f"gh{kind}_") for kind in "pousr"),
    _format(r"\bgithub_pat_\w{10,}", "github_pat_"),
    _format(r"(?<=_gitlab_session=)[0-9a-f]{16,}", "_gitlab_session="),
    # Clouds.
    *(_format(rf"\b{kind}[0-9A-Z]{{16}}\b", kind.lower()) for kind in ("AKIA", "ASIA", "ABIA", "ACCA")),
    _format(r"\bAIza[\w-]{30,}", "aiza"),
    _format(r"\bya29\.[\w-]{20,}", "ya29."),
    _format(r"\bGOCSPX-[\w-]{20,}", "gocspx-"),
    *(_format(rf"\bdo{kind}_v1_[0-9a-f]{{32,}}", "_v1_") for kind in "por"),
    _format(r"(?<![\w.~-])[\w.~-]{3}8Q~[\w.~-]{31,34}", "8q~"),
    # Packages and images.
    _format(r"\bnpm_[0-9A-Za-z]{12,}\b", "npm_"),
    _format(r"\bpypi-\w{16}[\w-]*", "pypi-"),
    _format(r"\brubygems_[0-9a-f]{32,}", "rubygems_"),
    _format(r"\bdckr_[a-z]{3}_[\w-]{10,}", "dckr_"),
    _format(r"\bAKCp[0-9A-Za-z]{20,}", "akcp"),
    # Chat, mail, payment.
    _format(r"\bxox[a-z]-(?:\d-)?[\w-]{10,}", "xox"),
    _format(r"\bxapp-[\w-]{10,}", "xapp-"),
    *(_format(rf"(?<=hooks\.slack\.com/{kind}/)[\w/]{{10,}}", f"hooks.slack.com/{kind}/") for kind in ("services", "workflows", "triggers")),
    _format(r"(?<=/IncomingWebhook/)[\w/-]{10,}", "/incomingwebhook/"),
    _format(r"(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])", ":aa"),
    _format(r"(?<=/api/webhooks/)\d{10,}/[\w-]{20,}", "/api/webhooks/"),
    _format(r"(?<![\w.-])SG\.[\w-]{16,}\.[\w-]{16,}", "sg."),
    *(_format(rf"\b{kind}_live_\w{{8,}}", "k_live_") for kind in ("sk", "rk")),
    *(_format(rf"\b{kind}_test_\w{{16,}}", "k_test_") for kind in ("sk", "rk")),
    _format(r"\bwhsec_[\w+/=]{16,}", "whsec_"),
    *(_format(rf"\bshp{kind}_[0-9a-f]{{32}}\b", "shp") for kind in ("at", "ca", "pa", "ss")),
    _format(r"\bsq0[a-z]{3}-[\w-]{20,}", "sq0"),
    # Vaults, builds, models, watching.
    *(_format(rf"\bhv{kind}\.[\w-]{{12,}}", f"hv{kind}.") for kind in "sbr"),
    _format(r"(?<![\w.-])s\.(?=[0-9A-Za-z]{0,22}\d)(?=[0-9a-z]{0,22}[A-Z])[0-9A-Za-z]{24}\b", *(f"{before}s." for before in "\n \t=:\"'`[({,>")),
    _format(r"\b[0-9A-Za-z]{14}\.atlasv1\.[\w-]{40,}", ".atlasv1."),
    _format(r"\bAGE-SECRET-KEY-1[0-9A-Z]{20,}", "age-secret-key-"),
    _format(r"\bdp\.(?:pt|st|ct|sa|scim)\.[\w.-]{20,}", "dp."),
    *(_format(rf"\bsq{kind}_[0-9a-f]{{40}}\b", f"sq{kind}_") for kind in "pua"),
    _format(r"\bpul-[0-9a-f]{40}\b", "pul-"),
    _format(r"\bglsa_\w{20,}", "glsa_"),
    _format(r"\bsntry[su]_[\w+/=-]{20,}", "sntry"),
    *(_format(rf"\b{kind}[\w=-]{{20,}}", kind.lower()) for kind in ("ATATT3", "ATCTT3", "ATBB")),
    _format(r"\bsk-(?=[\w-]{0,60}[A-Z])(?=[\w-]{0,60}\d)[\w-]{20,}", "sk-"),
    _format(r"\bhf_[0-9A-Za-z]{30,}\b", "hf_"),
    _format(r"\bdapi[0-9a-f]{32}\b", "dapi"),
    _format(r"\btskey-[a-z]{1,20}-[\w-]{10,}", "tskey-"),
    _format(r"\bfigd_[\w-]{20,}", "figd_"),
    _format(r"\blin_api_\w{20,}", "lin_api_"),
    _format(r"\bNRAK-[0-9A-Z]{27}\b", "nrak-"),
    _format(r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b", "pmak-"),
    _format(r"\bgsk_[0-9A-Za-z]{40,}\b", "gsk_"),
    _format(r"\bxai-[0-9A-Za-z]{40,}\b", "xai-"),
    _format(r"\br8_[0-9A-Za-z]{30,}\b", "r8_"),
    # Passwords as crypt(3) keeps them.
    *(_format(rf"\$2{kind}\$\d\d\$[./0-9A-Za-z]{{53}}", f"$2{kind}$") for kind in "aby"),
    *(_format(rf"\${kind}\$(?:rounds=\d{{1,9}}\$)?[./0-9A-Za-z]{{1,16}}\$[./0-9A-Za-z]{{20,}}", f"${kind}$") for kind in ("1", "5", "6", "apr1")),
    # JSON web tokens, Docker's {"auths": … in base64, and keys.
    _format(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}", "eyj"),
    _format(r"(?<![\w-])eyJhdXRoc[\w+/-]{8,}={0,2}", "eyj"),
    _format(_PRIVATE_KEY, "private key"),
)  # fmt: skip
