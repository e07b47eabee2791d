"""Practice at the terminal: questions by need, feedback at once, progress that is kept."""

from cnncalc.quiz.practice.choosing import by_need
from cnncalc.quiz.practice.progress import Progress, load, path, save
from cnncalc.quiz.practice.session import Score, Screen, play

__all__ = ["Progress", "Score", "Screen", "by_need", "load", "path", "play", "save"]
