"""The simulations of the store's own tests, with as many states as there is time for."""

import os
import re
import subprocess
from pathlib import Path

from .harness import Campaign, Failure

TOP = Path(__file__).resolve().parents[3]
BUILD_PATH = TOP / ".build-torture" / "simulation"
STATES_OF_A_CASE = 10_000
FAULTS_OF_A_CASE = 500
# Every bit and every length, once in a while: it takes as long as all else of a case.
CASES_OF_A_WHOLE = 50


class Simulation(Campaign):
    """Crashes, failing calls and damage in the simulator of `Tests/SimulationTests`, each case
    with workloads of its own; the first flips every bit of a log."""

    name = "simulation"
    unit = "crash states"
    count = 1_000_000
    weight = 10
    workers = 2
    in_sample = False

    def prepare(self):
        command = ["swift", "build", "--package-path", TOP / "Fuzz", "--scratch-path", BUILD_PATH]
        flags = ["-c", "release", "--build-tests", "-Xswiftc", "-enable-testing"]
        done = subprocess.run(command + flags, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"the simulations do not build: {done.stdout[-500:]}")

    def case_count(self):
        return -(-self.count // STATES_OF_A_CASE)

    def run(self, case):
        environment = dict(
            os.environ,
            SWIFT_BACKTRACE="enable=no",
            SPROCKET_SEED=str(self.seed * 1000 + case),
            SPROCKET_SIMULATED_STATES=str(min(STATES_OF_A_CASE, self.count)),
            SPROCKET_SIMULATED_FAULTS=str(FAULTS_OF_A_CASE),
            SPROCKET_EXHAUSTIVE=str(int(case % CASES_OF_A_WHOLE == 0)),
        )
        binary = BUILD_PATH / "release" / "fuzzPackageTests.xctest"
        done = subprocess.run(
            [binary, "--testing-library", "swift-testing", "--filter", "SimulationTests"],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )
        if done.returncode != 0:
            said = [line for line in done.stdout.splitlines() if line.startswith(("✘", "↳"))]
            raise Failure(" | ".join(said) or f"the tests end with {done.returncode}")
        counts = re.findall(r"^simulated \w+: (\d+) (\w+)(?: of (\d+) (\w+))?", done.stderr, re.M)
        result = {}
        for count, what, of, whom in counts:
            result[what] = result.get(what, 0) + int(count)
            if of:
                result[whom] = result.get(whom, 0) + int(of)
        return result
