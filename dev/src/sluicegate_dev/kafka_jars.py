"""Fetches Apache Kafka's jars with Maven, once per machine."""

import fcntl
import os
import re
import shutil
from pathlib import Path
from subprocess import run

from sluicegate_dev.errors import CannotRunHere

VERSION = "4.3.1"
_POM = Path(__file__).with_name("kafka-pom.xml")
_OLDEST_JAVA = 17


def classpath() -> str:
    """The jars' folder as a Java class path; they are fetched if they are not there yet (44 MB).

    Raises:
        CannotRunHere: no Java ≥ 17; or the jars are missing and Maven is, too, or can't fetch them.
    """
    _require_java()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sluicegate"
    cache.mkdir(parents=True, exist_ok=True)
    jars = cache / f"kafka-{VERSION}"
    with (cache / "kafka-jars.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.is_dir():
            _fetch(jars)
    return f"{jars}/*"


def _require_java() -> None:
    if shutil.which("java") is None:
        raise CannotRunHere(f"real Apache Kafka needs Java ≥ {_OLDEST_JAVA}; there is no java on the PATH")
    said = run(["java", "-version"], capture_output=True, text=True).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) < _OLDEST_JAVA:
        raise CannotRunHere(f"real Apache Kafka needs Java ≥ {_OLDEST_JAVA}; found {said.splitlines()[:1]}")


def _fetch(jars: Path) -> None:
    if shutil.which("mvn") is None:
        raise CannotRunHere("Apache Kafka's jars are fetched with Maven; there is no mvn on the PATH")
    unfinished = jars.with_name(f"{jars.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    shutil.copy(_POM, unfinished / "pom.xml")
    fetched = run(
        ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=."],
        cwd=unfinished,
        capture_output=True,
        text=True,
    )
    if fetched.returncode:
        raise CannotRunHere(f"Maven could not fetch Apache Kafka {VERSION}:\n{fetched.stdout[-2000:]}")
    unfinished.rename(jars)
