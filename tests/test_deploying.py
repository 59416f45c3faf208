"""Files for deploying match what the code reads, and grant no more than it needs."""

import re

import pytest
import yaml

from tests.processes import ROOT, python, run

README = (ROOT / "README.md").read_text()
DOCUMENTED = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.M))
SETTING = re.compile(r"environment\.\w+\(\s*\"([A-Z_]+)\"")
# Variables of other programs
OF_OTHERS = {
    *("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"),
    *("SITE_HOST", "UPSTREAM", "BUFFERS"),
}


def text_of(name):
    return (ROOT / name).read_text()


def test_readme_documents_exactly_the_variables_of_the_code():
    files = [*(ROOT / "nutrisite").rglob("*.py"), ROOT / "gunicorn.conf.py"]
    read = {name for path in files for name in SETTING.findall(path.read_text())}

    assert read == DOCUMENTED


@pytest.mark.parametrize(
    "name", ["compose.yaml", "deploy/site.env.example", "deploy/nutrisite.service", "Dockerfile"]
)
def test_files_for_deploying_set_only_variables_that_exist(name):
    text = re.sub(r"^\s*#.*$", "", text_of(name), flags=re.M)
    variables = set(re.findall(r"\b([A-Z]+(?:_[A-Z]+)+)(?=[=:])", text))
    unknown = variables - DOCUMENTED - OF_OTHERS

    assert {name for name in unknown if not name.startswith(("PYTHON", "PIP_", "MALLOC_"))} == set()


def test_containers_hold_what_the_site_runs_from_and_can_write_only_to_their_data():
    copied = set(re.findall(r"^COPY (\w+) \./", text_of("Dockerfile"), re.M))
    let_through = set(re.findall(r"^!(\w+)$", text_of(".dockerignore"), re.M))
    assert copied == let_through == {"nutrisite", "nutrients", "templates", "static", "fixtures"}

    services = yaml.safe_load(text_of("compose.yaml"))["services"]

    for name in ("site", "prepare", "backup", "publish"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["volumes"] == ["data:/data"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert re.search(r"^USER 10001:10001$", text_of("Dockerfile"), re.M)
    assert "HEALTHCHECK" in text_of("Dockerfile")


def test_steps_of_the_guide_name_files_and_commands_that_exist():
    guide = text_of("docs/deploying.md")
    files = set(re.findall(r"\b(?:deploy|tests|scripts)/[\w./-]+\w", guide))
    commands = set(re.findall(r"\bmanage(?:\.py)? ([a-z_]+)", guide))
    ours = {path.stem for path in ROOT.glob("nutri*/management/commands/*.py")}

    written_by_the_operator = {"deploy/site.env"}
    assert [name for name in files - written_by_the_operator if not (ROOT / name).exists()] == []
    djangos = {"createsuperuser", "dumpdata", "loaddata", "migrate", "showmigrations"}
    assert commands - ours == djangos


def test_preloaded_code_holds_no_connection_and_no_thread():
    """Workers would share either, and break it for each other."""
    loaded = "import nutrisite.wsgi, threading; print(threading.active_count())"
    command = ("manage.py", "shell", "--no-imports", "-c", loaded)
    done = python(*command, DATABASE_URL="sqlite:////nowhere/none")

    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


def test_guide_stops_the_socket_with_the_site_and_starts_no_migration_by_the_way():
    guide = text_of("docs/deploying.md")
    stops = re.findall(r"^systemctl stop .*?(?= {2}|$)", guide, re.M)
    runs = re.findall(r"docker compose run .*", guide)

    assert set(stops) == {"systemctl stop nutrisite.socket nutrisite.service"}
    assert "Requires=nutrisite.socket" in text_of("deploy/nutrisite.service")
    assert len(runs) > 2
    assert [run for run in runs if "--no-deps" not in run] == []
    # systemd and Docker would read a comment as part of the value.
    for text in (guide, README, text_of("deploy/site.env.example")):
        assert re.findall(r"^[A-Z_]+=\S*[ \t]+#.*$", text, re.M) == []


def test_backup_in_containers_waits_for_the_next_quarter_past_three():
    command = yaml.safe_load(text_of("compose.yaml"))["services"]["backup"]["command"][-1]
    wait, backup = command.replace("$$", "$").split(" && ")
    day, quarter_past_three = 86_400, 3 * 3600 + 15 * 60
    for now in (day + quarter_past_three - 1, day + quarter_past_three, 2 * day - 1):
        script = f"date() {{ echo {now}; }}; sleep() {{ echo $1; }}; {wait}"
        seconds = int(run("sh", "-c", script).stdout)
        assert (now + seconds) % day == quarter_past_three
        assert 0 < seconds <= day
    assert backup == "exec python manage.py backup --keep 14"
