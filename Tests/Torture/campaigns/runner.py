"""Runs campaigns within their time, and keeps what they found."""

import concurrent.futures
import json
import random
import signal
import threading
import time
import traceback

from .harness import Failure, Skip
from .diskfull import DiskFull
from .errors import Errors
from .kills import Kills
from .large import Large
from .powercut import PowerCut
from .race import Race
from .readers import Readers
from .simulation import Simulation
from .syscalls import Syscalls

# The last takes the time that the others leave.
CAMPAIGNS = (Kills, PowerCut, DiskFull, Race, Readers, Large, Simulation, Errors, Syscalls)
NAMES = tuple(campaign.name for campaign in CAMPAIGNS)
FAILURE_COUNT_MAXIMUM = 100

# Set by whoever wants an end: the cases that run are finished, so that nothing stays mounted.
stopping = threading.Event()


class Result:
    """What a campaign did so far, in a file that the next run goes on from."""

    def __init__(self, path, campaign):
        self.path = path
        self.value = {
            "campaign": campaign.name,
            "seed": campaign.seed,
            "unit": campaign.unit,
            "wanted": campaign.count,
            "cases": [],
            "counts": {},
            "figures": {},
            "failures": [],
            "skipped": None,
            "seconds": 0,
        }
        if path.exists():
            old = json.loads(path.read_text())
            # Cases of another seed are other cases.
            if old["seed"] == campaign.seed and old["skipped"] is None:
                self.value = {**old, "wanted": campaign.count}

    def is_done(self, case):
        return any(first <= case <= last for first, last in self.value["cases"])

    def add(self, case, counts):
        done = sorted(self.value["cases"] + [[case, case]])
        joined = done[:1]
        for first, last in done[1:]:
            if first <= joined[-1][1] + 1:
                joined[-1][1] = max(joined[-1][1], last)
            else:
                joined.append([first, last])
        self.value["cases"] = joined
        for name, count in counts.items():
            self.value["counts"][name] = self.value["counts"].get(name, 0) + count

    def save(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_suffix(".new")
        aside.write_text(json.dumps(self.value, indent=1) + "\n")
        aside.replace(self.path)


def reproduction(campaign, case):
    return f"Tests/Torture/torture {campaign.name} --seed {campaign.seed} --case {case} --times 20"


def attempt(campaign, case, result, lock):
    """Runs a case, and keeps its outcome."""
    try:
        counts, failure = campaign.run(case), None
    except Failure as error:
        counts, failure = {}, str(error)
    except Exception:  # A fault of a campaign must not pass for a sound store.
        counts, failure = {}, traceback.format_exc()
    with lock:
        result.add(case, counts)
        if failure:
            kept = campaign.keep(case)
            result.value["failures"].append({
                "case": case,
                "what": failure,
                "command": reproduction(campaign, case),
                "kept": str(kept) if kept else None,
            })
            print(f"{campaign.name} {case}: {failure}\n  {reproduction(campaign, case)}", flush=True)
        result.value["figures"].update(campaign.figures)
        if failure or case % 16 == 0:
            result.save()
    campaign.drop(case)


def run_cases(campaign, result, deadline):
    """Runs what is left of a campaign until its time is over."""
    lock = threading.Lock()
    order = list(range(campaign.case_count()))
    # What there is time for is of every kind.
    random.Random(campaign.seed).shuffle(order)
    cases = (case for case in order if not result.is_done(case))
    start, before = time.monotonic(), result.value["seconds"]

    def work():
        while not stopping.is_set() and (deadline is None or time.monotonic() < deadline):
            with lock:
                if len(result.value["failures"]) >= FAILURE_COUNT_MAXIMUM:
                    return
                case = next(cases, None)
            if case is None:
                return
            attempt(campaign, case, result, lock)
            result.value["seconds"] = round(before + time.monotonic() - start, 1)

    with concurrent.futures.ThreadPoolExecutor(campaign.workers) as pool:
        for worker in [pool.submit(work) for _ in range(campaign.workers)]:
            worker.result()


def run(options, workload, scratch):
    """Runs the campaigns that were asked for. Returns the status of the command."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    chosen = [kind for kind in CAMPAIGNS if not options.campaigns or kind.name in options.campaigns]
    if options.sample:
        for kind in chosen:
            if not kind.in_sample:
                print(f"{kind.name}: not in the sample, but among the tests", flush=True)
        chosen = [kind for kind in chosen if kind.in_sample]
    end = time.monotonic() + options.minutes * 60 if options.minutes else None
    results = []
    for index, kind in enumerate(chosen):
        campaign = kind(workload, options.seed, options.count, scratch, options.out)
        campaign.judges_times = not options.sample
        path = options.out / f"{kind.name}.json"
        if options.case is not None:
            path = options.out / f"{kind.name}-{options.case}.json"
        if options.fresh or options.case is not None:
            path.unlink(missing_ok=True)
        result = Result(path, campaign)
        deadline = None
        if end:
            weights = sum(other.weight for other in chosen[index:])
            left = max(0, end - time.monotonic())
            deadline = time.monotonic() + left * kind.weight / weights
        try:
            campaign.prepare()
            result.value["wanted"] = campaign.count
            if options.case is not None:
                for _ in range(options.times):
                    attempt(campaign, options.case, result, threading.Lock())
            else:
                run_cases(campaign, result, deadline)
        except Skip as reason:
            result.value["skipped"] = str(reason)
        except Failure as failure:
            result.value["failures"].append({
                "case": None,
                "what": f"not even undisturbed: {failure}",
                "command": f"Tests/Torture/torture {kind.name} --seed {options.seed}",
                "kept": None,
            })
            print(f"{kind.name}: not even undisturbed: {failure}", flush=True)
        finally:
            campaign.finish()
        result.save()
        results.append(result.value)
        print(summary(result.value, campaign), flush=True)
    if stopping.is_set():
        print("stopped; the same command goes on from here", flush=True)
    return 1 if stopping.is_set() or any(result["failures"] for result in results) else 0


def summary(result, campaign):
    """One line on a campaign."""
    if result["skipped"]:
        return f"{result['campaign']}: skipped: {result['skipped']}"
    done = sum(last - first + 1 for first, last in result["cases"])
    parts = [f"{count} {name}" for name, count in result["counts"].items()]
    parts += [f"{name} {figure}" for name, figure in result["figures"].items()]
    if campaign.case_count() > done:
        parts.append(f"unfinished, {done} of {campaign.case_count()} cases")
    parts.append(f"seed {result['seed']}, {result['seconds']} s")
    failures = len(result["failures"])
    verdict = f"{failures} FAILED" if failures else "sound"
    return f"{result['campaign']}: {verdict}: " + ", ".join(parts)
