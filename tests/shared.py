"""Where the reference material lies that is not part of the project, if it lies anywhere."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "shared"
SHARED: Path | None = _FOLDER if (_FOLDER / "protocols").is_dir() else None
