"""Ungated throughput on Celery + Redis (no durability of steps, no approvals): the plain-queue yardstick.
usage: python celery_plain.py N  (needs redis-server on PATH; FSYNC=always|everysec)"""
import json, os, subprocess, sys, tempfile, time
PORT = 16379
os.environ.setdefault("CELERY_BROKER", f"redis://127.0.0.1:{PORT}/0")
from celery import Celery
app = Celery("celery_plain", broker=os.environ["CELERY_BROKER"], backend=os.environ["CELERY_BROKER"])
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=16, broker_connection_retry_on_startup=True)
@app.task(name="w")
def work(i): return i + 1
if __name__ == "__main__":
    N = int(sys.argv[1]); d = tempfile.mkdtemp(); fsync = os.environ.get("FSYNC", "always")
    r = subprocess.Popen(["redis-server", "--port", str(PORT), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", fsync, "--dir", d], stdout=subprocess.DEVNULL)
    time.sleep(1)
    log = open(d + "/worker.log", "w")
    w = subprocess.Popen([sys.executable, "-m", "celery", "-A", "celery_plain", "worker", "-c", "2", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"], cwd=os.path.dirname(os.path.abspath(__file__)), stdout=log, stderr=log)
    try:
        work.delay(0).get(timeout=60)
        t = time.perf_counter()
        rs = [work.delay(i) for i in range(N)]
        te = time.perf_counter()
        for x in rs: x.get(timeout=300)
        print(json.dumps({"system": "celery+redis aof " + fsync, "n": N, "enqueue_per_s": N/(te-t), "ungated_per_s": N/(time.perf_counter()-t)}))
    except Exception:
        print(open(d + "/worker.log").read()[-2000:], file=sys.stderr); raise
    finally:
        w.terminate(); w.wait(); r.terminate(); r.wait()
