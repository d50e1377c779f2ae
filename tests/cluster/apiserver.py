"""A kube-apiserver with its etcd, and nothing that acts on what it holds: no kubelet, no controllers."""

import secrets
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import yaml
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sluicegate_dev.folder import write_private
from sluicegate_dev.ports import LOOPBACK, free_port
from sluicegate_dev.processes import Child
from tests.support.waiting import eventually

REPOSITORY = Path(__file__).parents[2]
STRICT = {"dryRun": "All", "fieldValidation": "Strict"}

Manifest = dict[str, Any]


class Refused(AssertionError):
    """The apiserver did not take an object, or warned about it."""


class Cluster:
    """A context manager."""

    def __init__(self, folder: Path) -> None:
        self.kubeconfig = folder / "kubeconfig.yaml"
        self._folder = folder
        self._etcd, self._peers, self._port = free_port(), free_port(), free_port()
        self._token = secrets.token_hex(16)
        self._children: list[Child] = []
        self._http = httpx.Client(
            base_url=f"https://{LOOPBACK}:{self._port}",
            headers={"authorization": f"Bearer {self._token}"},
            verify=False,
            trust_env=False,
            timeout=30,
        )
        self._plurals: dict[tuple[str, str], tuple[str, bool]] = {}

    def __enter__(self) -> "Cluster":
        self._write_files()
        self._start("etcd", *self._etcd_flags())
        self._start("kube-apiserver", *self._apiserver_flags())
        eventually(self._is_ready, "the apiserver is ready", within_seconds=120, every_seconds=0.5)
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._children):
            child.stop()
        self._http.close()

    def create(self, manifest: Manifest, *, namespace: str = "default", dry: bool = False) -> Manifest:
        """Creates the object, or only asks whether it would be admitted.

        Raises:
            Refused: it is not, or there is something to warn about.
        """
        parameters = STRICT if dry else {"fieldValidation": "Strict"}
        answer = self._http.post(self._collection(manifest, namespace), json=manifest, params=parameters)
        if answer.status_code != 201 or "warning" in answer.headers:
            said = answer.headers.get("warning") or answer.json()["message"]
            raise Refused(f"{manifest['kind']} {manifest['metadata'].get('name')}: {said}")
        created: Manifest = answer.json()
        return created

    def define(self, definition: Manifest) -> None:
        """Creates somebody else's CustomResourceDefinition; its objects can be created when this returns."""
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{definition['metadata']['name']}"
        self._http.post(path.rpartition("/")[0], json=definition).raise_for_status()

        def established() -> bool:
            conditions = self.get(path)["status"]["conditions"] or ()
            return any((each["type"], each["status"]) == ("Established", "True") for each in conditions)

        eventually(established, f"{path} is established", every_seconds=0.2)

    def get(self, path: str) -> Manifest:
        """An object or a list."""
        answer = self._http.get(path)
        answer.raise_for_status()
        found: Manifest = answer.json()
        return found

    def has(self, manifest: Manifest, namespace: str) -> bool:
        """Whether an object of this kind and name is there."""
        path = f"{self._collection(manifest, namespace)}/{manifest['metadata']['name']}"
        return self._http.get(path).status_code == 200

    def unfinished_jobs(self, namespace: str) -> list[Manifest]:
        """Those that have not ended yet."""
        jobs = self.get(f"/apis/batch/v1/namespaces/{namespace}/jobs")["items"]
        return [job for job in jobs if "conditions" not in job["status"]]

    def end(self, job: Manifest, *, well: bool = True) -> None:
        """What the Job controller does after the job's pod has succeeded, or has failed for good."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        kinds = ("SuccessCriteriaMet", "Complete") if well else ("FailureTarget", "Failed")
        ended = [{"type": kind, "status": "True", "lastProbeTime": now, "lastTransitionTime": now} for kind in kinds]
        status = {"startTime": now, "conditions": ended, "succeeded" if well else "failed": 1}
        if well:
            status["completionTime"] = now
        answer = self._http.patch(
            "/apis/batch/v1/namespaces/{namespace}/jobs/{name}/status".format_map(job["metadata"]),
            json={"status": status},
            headers={"content-type": "application/merge-patch+json"},
        )
        answer.raise_for_status()

    def _collection(self, manifest: Manifest, namespace: str) -> str:
        version, kind = manifest["apiVersion"], manifest["kind"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if (version, kind) not in self._plurals:
            for each in self.get(root)["resources"]:
                if "/" not in each["name"]:
                    self._plurals[version, each["kind"]] = (each["name"], each["namespaced"])
        plural, namespaced = self._plurals[version, kind]
        return f"{root}/namespaces/{namespace}/{plural}" if namespaced else f"{root}/{plural}"

    def _is_ready(self) -> bool:
        ended = [child for child in self._children if child.exit_code is not None]
        assert not ended, ended[0].log_tail()
        try:
            return self._http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def _start(self, name: str, program: str, *flags: str) -> None:
        self._children.append(Child(name, [program, *flags], log=self._folder / f"{name}.log"))

    def _write_files(self) -> None:
        key = generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self._folder / "service-accounts.pem").write_bytes(pem)
        (self._folder / "tokens.csv").write_text(f"{self._token},admin,admin,system:masters\n")
        server = {"server": str(self._http.base_url), "insecure-skip-tls-verify": True}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": server}],
            "users": [{"name": "admin", "user": {"token": self._token}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "admin"}}],
            "current-context": "here",
        }
        write_private(self.kubeconfig, yaml.safe_dump(config))

    def _etcd_flags(self) -> Iterable[str]:
        clients, peers = f"http://{LOOPBACK}:{self._etcd}", f"http://{LOOPBACK}:{self._peers}"
        return (
            built("go.etcd.io/etcd/server/v3"),
            f"--data-dir={self._folder / 'etcd'}",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
        )

    def _apiserver_flags(self) -> Iterable[str]:
        key = self._folder / "service-accounts.pem"
        return (
            built("k8s.io/kubernetes/cmd/kube-apiserver"),
            f"--etcd-servers=http://{LOOPBACK}:{self._etcd}",
            f"--bind-address={LOOPBACK}",
            f"--advertise-address={LOOPBACK}",
            "--endpoint-reconciler-type=none",
            f"--secure-port={self._port}",
            f"--cert-dir={self._folder / 'certificates'}",
            f"--token-auth-file={self._folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/24",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            # No controller makes the account that every pod would be given.
            "--disable-admission-plugins=ServiceAccount",
        )


def built(program: str) -> str:
    """The path of a program of deploy/cluster/go.mod; it is built the first time, which takes a quarter of an hour."""
    into = REPOSITORY / ".tools" / "cluster" / program.replace("/", "_")
    if not into.exists():
        # Without this the apiserver does not know its version, and Helm would not take it for one of Kubernetes.
        version = _go("list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes").strip()
        _go("build", "-ldflags", f"-X k8s.io/component-base/version.gitVersion={version}", "-o", str(into), program)
    return str(into)


def _go(*command: str) -> str:
    folder = REPOSITORY / "deploy" / "cluster"
    return subprocess.run(["go", *command], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
