"""Names and formats of secrets as people write them, told apart from what only looks so. Not those of the package."""

from __future__ import annotations

import base64
import string
from collections.abc import Callable
from random import Random

NAMES = (
    *("password", "passphrase", "passwd", "db_pw", "DB_PWD", "DB_PASS", "dbPassword", "PGPASSWORD", "SSHPASS"),
    *(
        "apiKey",
        "api_key",
        "API-KEY",
        "APIKEY",
        "accessKey",
        "access_key",
        "privateKey",
        "signingKey",
        "encryption_key",
    ),
    *("token", "authToken", "auth_token", "API_TOKEN", "NPM_TOKEN", "bearer_token", "refreshToken", "TOKEN_2"),
    *("clientSecret", "client-secret", "CLIENT_SECRET", "webhookSecret", "JWT_SECRET", "SECRET_KEY", "SECRET_KEY_BASE"),
    *("credentials", "creds", "GPG_KEY", "SSH_KEY", "VAULT_SECRET_ID", "MONGO_CONNECTION_STRING", "connectionString"),
    *("AWS_SECRET_ACCESS_KEY", "GITHUB_PAT", "LICENSE_KEY", "smtp.password", "MYSQL_ROOT_PASSWORD", "PASSWORD_OLD"),
)
_ALNUM = string.ascii_letters + string.digits


def alnum(random: Random, length: int) -> str:
    """Drawn letters and digits, with one of each kind."""
    return "".join(["q", "7", "Z", *(random.choice(_ALNUM) for _ in range(length - 3))])


def _hex(random: Random, length: int) -> str:
    return "".join(random.choice("0123456789abcdef") for _ in range(length))


def _after(prefix: str, length: int, suffix: str = "") -> Callable[[Random], tuple[str, str]]:
    def make(random: Random) -> tuple[str, str]:
        secret = alnum(random, length)
        return f"{prefix}{secret}{suffix}", secret

    return make


def _basic(random: Random) -> tuple[str, str]:
    secret = base64.b64encode(f"ann:{alnum(random, 12)}".encode()).decode()
    return f"Basic {secret}", secret


def _cloud_key(random: Random) -> tuple[str, str]:
    # Of 1,600 keys one has so many small letters in a row that it may be words: not of these.
    drawn = random.sample(_ALNUM + "/+", 30)
    capitals = random.sample(string.ascii_uppercase, 9)
    secret = "".join(["7", *(f"{''.join(drawn[3 * n : 3 * n + 3])}{capitals[n]}" for n in range(9)), *drawn[27:]])
    return secret, secret


def _private_key(random: Random) -> tuple[str, str]:
    secret = alnum(random, 60)
    return f"-----BEGIN RSA PRIVATE KEY-----\n{secret}\n-----END RSA PRIVATE KEY-----\n", secret


def _docker_auth(random: Random) -> tuple[str, str]:
    secret = base64.b64encode(f"ann:{alnum(random, 15)}".encode()).decode()
    return f'{{"auths": {{"registry.example.com": {{"auth": "{secret}"}}}}}}', secret


# What it is → (text, the part of it that nobody may see).
FORMATS: dict[str, Callable[[Random], tuple[str, str]]] = {
    **{
        prefix: _after(prefix, 20)
        for prefix in (
            *("glpat-", "glrt-", "glrt-t1_", "gldt-", "glcbt-", "glcbt-64_", "glptt-", "glft-", "glimt-", "glagent-"),
            *("gloas-", "glsoat-", "glffct-", "GR1348941"),
        )
    },
    **{prefix: _after(prefix, 36) for prefix in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_", "github_pat_")},
    **{
        prefix: _after(prefix, 24)
        for prefix in ("xoxb-", "xoxp-", "xoxa-2-", "xapp-1-", "sk_live_", "rk_live_", "whsec_")
    },
    **{prefix: _after(prefix, 35) for prefix in ("AIza", "hvs.", "hvb.", "pypi-AgEIcHlwaS5vcmc", "dckr_pat_")},
    "AKIA": lambda random: 2 * ("AKIA" + "".join(random.choice(string.ascii_uppercase + "234567") for _ in range(16)),),
    "old Vault": _after("s.", 24),
    "AWS": _cloud_key,
    "JWT": lambda random: (
        f"eyJhbGciOiJIUzI1NiJ9.eyJ{(secret := alnum(random, 20))}.{alnum(random, 30)}",
        secret,
    ),
    "Basic": _basic,
    "Bearer": _after("Bearer ", 32),
    "URL": _after("https://ann:", 14, "@gitlab.example.com/a.git"),
    "database": _after("postgres://ann:", 14, "@db:5432/shop?sslmode=require"),
    "S3": lambda random: (f"https://b.s3.amazonaws.com/k?X-Amz-Signature={(secret := _hex(random, 64))}&x=1", secret),
    "Azure SAS": _after("https://a.blob.core.windows.net/c?sv=2024-01-01&sig=", 43, "%3D&se=2026-01-01"),
    "Azure key": _after("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=", 86, "==;EndpointSuffix=core"),
    "ADO": _after("Server=db;User Id=sa;Password=", 16, ";Encrypt=true"),
    "Slack hook": _after("https://hooks.slack.com/services/T0000/B0000/", 24),
    "Docker": _docker_auth,
    "private key": _private_key,
}
# Values of names, by what is odd about them.
VALUES: dict[str, Callable[[Random], str]] = {
    "drawn": lambda random: alnum(random, 20),
    "letters": lambda random: "hunter" + "".join(random.choice(string.ascii_lowercase) for _ in range(8)),
    "words": lambda random: f"correct horse {alnum(random, 8)} staple",
    "signs": lambda random: f"p@5s:{alnum(random, 6)}&x=1;y,\"z'<w>#%20\\d",
    "number": lambda random: str(random.randint(10**9, 10**12)),
    "base64": lambda random: base64.b64encode(alnum(random, 25).encode()).decode(),
}
# (name, value): each is called or looks like a secret, and is none.
HARMLESS = (
    *(
        ("DB_PASSWORD", value)
        for value in ("", "true", "false", "null", "3600", "$PASSWORD", "${PASSWORD}", "$(PASSWORD)")
    ),
    *(("apiKey", value) for value in ("/run/secrets/key", "./key", "~/key", "file:///run/secrets/key", "%env(KEY)%")),
    *(("token", value) for value in ("vault:secret/data/x#y", "ref+vault://secret/x#/y", "<path:secret/data/x#y>")),
    *(
        ("password", value)
        for value in ("op://vault/item/password", '{{ readfile "/secrets/x" }}', "{{ .Values.password }}")
    ),
    ("password", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x"),
    *(
        ("token", value)
        for value in ("***", "[MASKED]", "[redacted]", "<your-token>", "xxxxxxxx", "${{ secrets.TOKEN }}")
    ),
    *(
        ("existingSecret", "ci-token"),
        ("secretName", "ci-token"),
        ("secretRef", "ci-token"),
        ("tokenSecret", "ci-token"),
    ),
    *(
        ("secretKey", "password"),
        ("passwordKey", "password"),
        ("passwordFile", "/run/x"),
        ("PASSWORD_FILE", "hunter2x"),
    ),
    *(
        ("imagePullSecrets", "regcred"),
        ("imagePullSecret", "regcred"),
        ("tlsSecret", "ci-tls"),
        ("secret", "ci-runner"),
    ),
    *(("checksum/secret", _hex(Random(1), 64)), ("nginx.ingress.kubernetes.io/auth-secret", "hunter2hunter2")),
    *(("CI_COMMIT_AUTHOR", "Ada <ada@example.com>"), ("author", "ada7lovelace"), ("tokenizer", "bert7base")),
    *(
        ("max_tokens", "100000"),
        ("eos_token", "</s7>"),
        ("keyboard", "us7intl"),
        ("monkey", "george7"),
        ("path", "a7b8c9"),
    ),
    *(
        ("compass", "north77"),
        ("BYPASS", "hunter2hunter2"),
        ("PATH", "/usr/bin:/bin"),
        ("SSH_PUBLIC_KEY", "hunter2hunter2"),
    ),
    *(
        ("tokenExpiresAt", "2026-01-01T00:00:00Z"),
        ("passwordLength", "1234567"),
        ("TOKEN_URL", "https://a.example.com/token"),
    ),
    *(("automountServiceAccountToken", "true"), ("cacheKey", "npm7linux7x64"), ("primaryKey", "id7user7")),
    *(
        ("pagination_token_size", "200000"),
        ("publicKey", "MFkwEwYHKoZIzj0CAQ"),
        ("keyData", "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemow"),
        ("passthrough", "abc123def"),
        ("turkey", "a1b2c3"),
    ),
)
# Texts without a secret, however they look.
TEXTS = (
    "commit 3f786850e387550fdab836ed7e6dc881de23001b",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "quay.io/podman/stable@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "docker://registry.example.com:5000/a@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uid: 123e4567-e89b-12d3-a456-426614174000",
    base64.b64encode(b"the quick brown fox jumps over").decode(),
    base64.b64encode(b"Name: podrunner\nVersion: 0.1.0\nThis is a longer text of several lines.").decode(),
    "integrity sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    "github.com/containers/storage v1.55.0 h1:20HkhOBTHQc4j8KIBDuKaTVN4BRUv1QxoPvsE1Bqxj0=",
    "Linux 5.15.0-1051-aws #56~20.04.1-Ubuntu SMP x86_64",
    "glibc-common-2.34-100.el9.x86_64 global-something-long-2024 pypi-server npm_config_registry=https://a.example.com",
    "AbstractSingletonProxyFactoryBeanImpl2Ab",
    "usr/local/lib/python3/distPackages/Foo1B",
    "ssh://git@gitlab.example.com/group/a1b2c3.git and git@gitlab.example.com:group/project.git",
    "http://proxy.example.com:3128/a?b=c@d",
    "http://$PROXY_USER:$PROXY_PASSWORD@proxy.example.com and https://gitlab-ci-token:${CI_JOB_TOKEN}@gitlab.example.com",
    "http://$(USER):$(PASSWORD)@proxy.example.com",
    "Requesting bearer token: invalid status code from registry 403 (Forbidden)",
    "unauthorized: authentication required, basic authentication failed, Bearer realm of the registry",
    "db.passphrase: must be a whole number, is text",
    "--- PASS: TestToken (0.00s)\nPASS: token7test\nok",
    "cat: /etc/passwd: Permission denied",
    "podman build --secret id=npm,src=/run/secrets/npm --build-arg TOKEN=$TOKEN .",
    'token := os.Getenv("TOKEN")',
    "secret:\n  secretName: podrunner-default",
    "valueFrom: {secretKeyRef: {name: ci, key: password}}",
    "imagePullSecrets: [{name: regcred}]",
    "podman login --username ci --password-stdin registry.example.com",
    "error: pass the --token option, or set a password in ~/.netrc",
    "s.someMethodNameThatIsLongAb is not defined",
    "hvs.short, sk-fading-circle-of-many-words, eyJhbGciOiJIUzI1NiJ9",
    "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\nRTESMBAGA1UEChMJQmFsdGltb3JlMRMwEQYD\n-----END",
)
