"""A night is killed or finds the disk full, is at once looked at, started again, and judged."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from killing.scenes import RECIPES, WORKSPACE, Scene, called, commands, ended, outcome, said
from killing.tracing import Answer, Touch, forked, traced, waited

DISK_FULL = 6
EVERY_THIRD = 3
EVERY_TENTH = 10
NO_WORKSPACE = 4


@dataclass(frozen=True)
class Trial:
    """One night that was disturbed: where, whether it was still at work, and what was wrong in the end."""

    scene: str
    kind: str
    point: str
    met: bool
    wrong: Sequence[str]


Blow = Callable[[Scene, Path], tuple[str, bool]]
"""Starts the command of a scene in a folder and kills it; returns where, and whether it was still at work."""


def trials(scenes: Sequence[Scene], count: int, seed: int) -> Iterator[Trial]:
    """Yield `count` trials over the scenes by their shares, half of them at calls and half at times."""
    rng = random.Random(seed)
    shares = [RECIPES[scene.name].share for scene in scenes]
    for number in range(count):
        [scene] = rng.choices(scenes, shares)
        yield trial(scene, number, rng)


def trial(scene: Scene, number: int, rng: random.Random) -> Trial:
    """Return how one night fared that was killed at a point of chance."""
    home = scene.copy(scene.base.parent / "home")
    kind, blow = _blow(scene, number, rng)
    point, met = blow(scene, home)
    wrong = _looked_at(scene, home)
    if number % EVERY_THIRD == 0:
        again, met_again = _blow(scene, number, rng)[1](scene, home)
        point, met = f"{point}; again {again}", met or met_again
        wrong += _looked_at(scene, home)
    code = ended(home, scene.command)
    if code != scene.code:
        wrong.append(f"exit {code}: {said(home)}")
    return Trial(scene.name, kind, point, met, wrong + outcome(home).against(scene.wanted))


def fillings(scenes: Sequence[Scene], count: int, seed: int) -> Iterator[Trial]:
    """Yield `count` trials in which the disk is full from a write-like call of chance on."""
    rng = random.Random(seed)
    shares = [RECIPES[scene.name].share for scene in scenes]
    for _ in range(count):
        [scene] = rng.choices(scenes, shares)
        yield filling(scene, rng.randint(1, len(scene.touches)))


def filling(scene: Scene, number: int) -> Trial:
    """Return how a night fared that found the disk full from the write-like call of this number on."""
    home = scene.copy(scene.base.parent / "home")
    met: list[Touch] = []

    def meet(touch: Touch) -> Answer:
        if touch.number >= number:
            met.append(touch)
        return Answer.FULL if met else Answer.GO

    code = traced(called(home, scene.command), home, meet)
    wrong = [] if code in {DISK_FULL, scene.code} else [f"exit {code}: {said(home)}"]
    wrong += _looked_at(scene, home)
    again = ended(home, scene.command)
    wrong += [] if again == scene.code else [f"then exit {again}: {said(home)}"]
    point = f"{met[0].call} {met[0].path}" if met else "after the end"
    return Trial(
        scene.name, "full disk", point, code == DISK_FULL, wrong + outcome(home).against(scene.wanted)
    )


def _blow(scene: Scene, number: int, rng: random.Random) -> tuple[str, Blow]:
    """Return a kind of blow and the blow: at a call, at a time, or at a time of a real process."""
    if number % 2 == 0 and scene.touches:
        return "call", at_call(rng.randint(1, len(scene.touches)))
    if number % EVERY_TENTH == 1:
        return "process", at_time_of_process(rng.random())
    return "time", at_time(rng.random() * scene.seconds)


def at_call(number: int) -> Blow:
    """Return the blow just before the write-like call of this number."""

    def strike(scene: Scene, home: Path) -> tuple[str, bool]:
        met: list[Touch] = []

        def meet(touch: Touch) -> Answer:
            if touch.number == number:
                met.append(touch)
            return Answer.KILL if met else Answer.GO

        traced(called(home, scene.command), home, meet)
        return (f"{met[0].call} {met[0].path}" if met else "after the end"), bool(met)

    return strike


def at_time(seconds: float) -> Blow:
    """Return the blow after so many seconds."""

    def strike(scene: Scene, home: Path) -> tuple[str, bool]:
        child = forked(called(home, scene.command))
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        return f"{seconds:.2f} s", waited(child) == -signal.SIGKILL

    return strike


def at_time_of_process(share: float) -> Blow:
    """Return the blow at a share of the way of a process of its own, counted from its first statement."""

    def strike(scene: Scene, home: Path) -> tuple[str, bool]:
        command = [sys.executable, "-m", "cx_text", *scene.command]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        with subprocess.Popen(
            command, cwd=home, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            while process.poll() is None and not (home / WORKSPACE / "state.sqlite-wal").exists():
                time.sleep(0.01)
            time.sleep(share * scene.seconds)
            process.kill()
        return f"{share:.0%} of a process", process.returncode == -signal.SIGKILL

    return strike


def _looked_at(scene: Scene, home: Path) -> list[str]:
    """Return what is wrong with a folder whose night was just killed, as the tool itself sees it."""
    command = ("check" if "check" in commands() else "status", "--workspace", WORKSPACE)
    code = ended(home, command)
    if code == 0 or (
        code == NO_WORKSPACE and not (scene.base / WORKSPACE).exists() and "E_NO_WORK" in said(home)
    ):
        return []
    return [f"{command[0]} exit {code}: {said(home)}"]
