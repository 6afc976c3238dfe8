"""Quality over time: figures, alarms, scores, lateness and reports, all told from what imports counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from hestia_assets.core.errors import NotFoundError
from hestia_assets.core.ports import AuditLog, BatchStore, Clock, SpecStore, VerdictStore
from hestia_assets.core.results import Batch, BatchState, EntryFilter, EntryPage, EntryState
from hestia_assets.core.results.quality import (
    Anomaly,
    AnomalyKind,
    Judged,
    Lateness,
    NormalVerdict,
    Report,
    Score,
    Series,
    Standing,
)
from hestia_assets.core.sentences import Rules, sentence, sentence_of
from hestia_assets.core.specs import CheckSpec, DatasetSpec
from hestia_assets.domains.quality.anomalies import all_series, of_metric
from hestia_assets.domains.quality.figures import LAST, ROWS, files_only, last_arrival
from hestia_assets.domains.quality.late import lateness
from hestia_assets.domains.quality.reports import gather
from hestia_assets.domains.quality.reports.gather import About
from hestia_assets.domains.quality.scoring import passed_share, said, score
from hestia_assets.domains.quality.wording import unjudged

ReportKind = Literal["html", "pdf", "json"]

LATELY = timedelta(days=30)
"""Alarms of this time are shown."""

TREND = 30
EVERY = tuple(EntryState)

Entries = Callable[..., EntryPage]
"""Rows in quarantine: ``entries(dataset, filter, limit=…)``."""


Watched = tuple[list[Series], Anomaly | None]
"""Every figure over time, and that no file has come for too long."""


@dataclass(frozen=True)
class QualityService:
    """How good the datasets are. Nothing is written but people's verdicts on alarms."""

    batches: BatchStore
    specs: SpecStore
    verdicts: VerdictStore
    audit: AuditLog
    entries: Entries
    clock: Clock
    rules: Rules
    _judged: dict[str, tuple[object, Watched]] = field(default_factory=dict[str, "tuple[object, Watched]"], repr=False)

    def series(self, dataset: DatasetSpec) -> list[Series]:
        """Every figure of its last 400 files over time, with what was expected of each point."""
        return self._watched(dataset)[0]

    def anomalies(self, dataset: DatasetSpec, *, since: datetime | None = None) -> list[Anomaly]:
        """What was not expected since then (by default in the last 30 days), newest first.

        Those that a person called normal are among them, with ``normal``.
        """
        return _lately(*self._watched(dataset), since or self.clock() - LATELY)

    def remarks(self, dataset: DatasetSpec, *, since: datetime | None = None) -> list[Judged]:
        """Figures since then (by default in the last 30 days) with too little history for an alarm, newest first."""
        first = since or self.clock() - LATELY
        found = [each for one in self.series(dataset) for each in one.points if each.remark and each.point.at >= first]
        return sorted(found, key=lambda each: each.point.at, reverse=True)

    def remarks_of(self, batch: Batch) -> list[Judged]:
        """Figures of one batch with too little history for an alarm."""
        found = [each for one in self.series(self._dataset(batch)) for each in one.points]
        return [each for each in found if each.remark and each.point.batch == batch.id]

    def unjudged(self, batch: Batch) -> str:
        """Why nothing was called unusual in a batch, such as too little history; nothing where its rows were judged."""
        return unjudged(of_metric(self.series(self._dataset(batch)), ROWS), batch.id)

    def anomalies_of(self, batch: Batch) -> list[Anomaly]:
        """What was not expected in one batch."""
        found = [each for one in self.series(self._dataset(batch)) for each in one.anomalies]
        return [each for each in found if each.batch == batch.id]

    def normal(self, dataset: DatasetSpec, anomaly: Anomaly, *, author: str, note: str = "") -> NormalVerdict:
        """Call an alarm normal: its value, and values like it, are expected from now on; another level is the level."""
        level = anomaly.kind is AnomalyKind.LEVEL
        said = NormalVerdict(
            id=0,
            tenant=dataset.tenant,
            dataset=dataset.name,
            metric=anomaly.metric,
            at=anomaly.at,
            value=anomaly.value,
            batch=anomaly.batch,
            level=level,
            author=author,
            note=note,
            decided_at=self.clock(),
        )
        kept = self.verdicts.add(said)
        facts = {"metric": str(anomaly.metric), "at": anomaly.at.isoformat(), "value": anomaly.value, "note": note}
        self.audit.record(author, "anomaly.normal", f"dataset/{dataset.key}", **facts)
        return kept

    def normal_no_more(self, dataset: DatasetSpec, verdict: int, *, author: str) -> NormalVerdict:
        """Take such a word back. Raises NotFoundError."""
        if verdict not in {each.id for each in self.verdicts_on(dataset)}:
            raise NotFoundError("verdict", str(verdict))
        gone = self.verdicts.forget(verdict)
        facts = {"metric": str(gone.metric), "at": gone.at.isoformat()}
        self.audit.record(author, "anomaly.normal_no_more", f"dataset/{dataset.key}", **facts)
        return gone

    def verdicts_on(self, dataset: DatasetSpec) -> list[NormalVerdict]:
        """What people called normal, in the order of its moments."""
        return self.verdicts.of(dataset.tenant, dataset.name)

    def score(self, dataset: DatasetSpec) -> Score:
        """How good its last 10 files were, in five parts; what could not be counted is not rated."""
        return self._score(dataset, self.files(dataset), self._waiting(dataset, limit=1))

    def late(self, dataset: DatasetSpec, now: datetime | None = None) -> Lateness | None:
        """Whether a batch was due by its rhythm and has not come; nothing without a rhythm."""
        if dataset.rhythm is None:
            return None
        last = files_only(self.batches.last_files(dataset.tenant, dataset.name, limit=50))
        return self._late(dataset, last_arrival(last), now or self.clock())

    def files(self, dataset: DatasetSpec) -> list[Batch]:
        """Its last 400 files that are in the table, oldest first."""
        return files_only(self.batches.last_files(dataset.tenant, dataset.name, limit=LAST))

    def overview(self, tenant: str) -> list[Standing]:
        """How every dataset stands, those with trouble first."""
        specs = [item.spec for item in self.specs.all("dataset", tenant=tenant)]
        found = [self.standing(spec) for spec in specs if isinstance(spec, DatasetSpec)]
        return sorted(found, key=_trouble)

    def standing(self, dataset: DatasetSpec) -> Standing:
        """How one dataset stands now. Alarms that a person called normal are left out."""
        files = self.files(dataset)
        recent = files_only(self.batches.recent(dataset.tenant, dataset.name, limit=20)) or files[-1:]
        series, overdue = self._watched(dataset)
        alarms = _lately(series, overdue, self.clock() - LATELY)
        shares = [share for each in files[-TREND:] if (share := passed_share(each)) is not None]
        rows = of_metric(series, ROWS)
        waiting = self._waiting(dataset, limit=1)
        return Standing(
            dataset=dataset.name,
            score=self._score(dataset, files, waiting),
            trend=tuple(shares),
            open_rows=waiting.total,
            last=recent[-1] if recent else None,
            failing=gather.failing_checks(recent[-1]) if recent else (),
            anomalies=tuple(each for each in alarms if each.normal is None),
            lateness=self._late(dataset, last_arrival(files), self.clock()) if dataset.rhythm else None,
            quiet=rows.quiet if rows else "No file has been loaded yet.",
        )

    def facts(self, subject: DatasetSpec | Batch) -> Report:
        """What the report of a dataset or of one batch says."""
        if isinstance(subject, Batch):
            dataset = self._dataset(subject)
            return gather.batch_report(
                About(dataset, self.checks_of(subject), self.rules),
                subject,
                entries=self.entries(dataset, EntryFilter(batch=subject.id, states=EVERY), limit=gather.ROWS),
                trend=of_metric(self.series(dataset), ROWS),
                anomalies=self.anomalies_of(subject),
                now=self.clock(),
            )
        files = self.files(subject)
        waiting = self._waiting(subject, limit=gather.ROWS)
        return gather.dataset_report(
            About(subject, subject.checks, self.rules),
            files,
            entries=waiting,
            trend=of_metric(self.series(subject), ROWS),
            anomalies=self.anomalies(subject),
            score=self._score(subject, files, waiting),
            lateness=self.late(subject),
            now=self.clock(),
        )

    def checks_of(self, batch: Batch) -> tuple[CheckSpec, ...]:
        """The checks that its dataset had when a batch came; none where that version is no longer there."""
        try:
            saved = self.specs.get("dataset", batch.tenant, batch.dataset, version=batch.spec_version).spec
        except NotFoundError:
            return ()
        return saved.checks if isinstance(saved, DatasetSpec) else ()

    def demands_of(self, batch: Batch) -> dict[str, str]:
        """What each check of a batch demanded when it came, in words, by the check's name."""
        checks = self.checks_of(batch)
        return {each.name: sentence_of(each, checks, self.rules) for each in batch.checks}

    def report(self, subject: DatasetSpec | Batch, kind: ReportKind) -> bytes:
        """The report of a dataset or of one batch: a page of HTML that needs nothing else, PDF, or JSON."""
        from hestia_assets.domains.quality.reports import html, json, pdf

        write: Mapping[str, Callable[[Report], bytes]] = {"html": html.write, "pdf": pdf.write, "json": json.write}
        return write[kind](self.facts(subject))

    def _watched(self, dataset: DatasetSpec) -> Watched:
        """Judged anew when files, verdicts or the dataset changed, and every five minutes, as time alone makes late."""
        files, said, now = self.files(dataset), self.verdicts_on(dataset), self.clock()
        arrived = tuple((each.id, each.created_at, each.profile is None) for each in files)
        state = (dataset, arrived, tuple(said), int(now.timestamp() // 300))
        known = self._judged.get(dataset.key)
        if known is None or known[0] != state:
            known = (state, all_series(dataset, files, said, now=now))
            self._judged[dataset.key] = known
        return known[1]

    def _score(self, dataset: DatasetSpec, files: list[Batch], waiting: EntryPage) -> Score:
        """``waiting``: rows to fix; it knows whether any have been mended."""
        mended = EntryFilter(states=(EntryState.LOADED,))
        any_mended = waiting.by_state.get(EntryState.LOADED.value, 0)
        repaired = self.entries(dataset, mended, limit=1) if any_mended else EntryPage((), 0)
        found = score(dataset, files, repaired=repaired.by_batch, now=self.clock())
        return said(found, {check.name: sentence(check, self.rules) for check in dataset.checks})

    def _waiting(self, dataset: DatasetSpec, *, limit: int) -> EntryPage:
        """Rows to fix; where no row was ever set aside, no table is read."""
        any_aside = self.batches.counts(dataset.tenant, dataset.name).rows_quarantined
        return self.entries(dataset, EntryFilter(), limit=limit) if any_aside else EntryPage((), 0)

    def _late(self, dataset: DatasetSpec, last: datetime | None, now: datetime) -> Lateness | None:
        since = self.specs.history("dataset", dataset.tenant, dataset.name)[-1].created_at
        return lateness(dataset, last=last, since=since, now=now)

    def _dataset(self, batch: Batch) -> DatasetSpec:
        spec = self.specs.get("dataset", batch.tenant, batch.dataset).spec
        assert isinstance(spec, DatasetSpec), "the store gives what was asked for"
        return spec


def _lately(series: Sequence[Series], overdue: Anomaly | None, since: datetime) -> list[Anomaly]:
    found = [each for one in series for each in one.anomalies] + ([overdue] if overdue else [])
    return sorted((each for each in found if each.at >= since), key=lambda each: each.at, reverse=True)


def _trouble(standing: Standing) -> tuple[int, float, str]:
    """Late or with alarms or checks that fail first, then by score."""
    waits = standing.last is not None and standing.last.state in (BatchState.HELD, BatchState.FAILED)
    trouble = bool(standing.lateness) + bool(standing.anomalies) + bool(standing.failing) + 2 * waits
    value = standing.score.value
    return -trouble, 101.0 if value is None else value, standing.dataset
