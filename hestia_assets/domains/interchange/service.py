"""Rules in the languages of other tools: read into checks of a dataset, and written from them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from hestia_assets.core.errors import SpecError
from hestia_assets.core.ports import Clock, Validator
from hestia_assets.core.registry import Registry
from hestia_assets.core.results import ImportedRules, WrittenRules
from hestia_assets.core.rules import Occasion, Rule, Scope
from hestia_assets.core.specs import CheckSpec, DatasetSpec
from hestia_assets.domains.interchange.found import Found, free_label, replace_label, without
from hestia_assets.domains.interchange.language import Language, Wanted, WritableLanguage


@dataclass(frozen=True)
class InterchangeService:
    """Reads rules from JSON Schema, Table Schema, dbt and pandera files, and writes the first two."""

    languages: Registry[Language]
    rules: Registry[Rule]
    validator: Validator
    clock: Clock

    def titles(self) -> dict[str, str]:
        """What people call each language that is read, by its name."""
        return {name: self.languages.get(name).title for name in self.languages.names()}

    def written(self) -> dict[str, str]:
        """What people call each language that can be written, by its name."""
        titles = self.titles()
        return {name: titles[name] for name in titles if isinstance(self.languages.get(name), WritableLanguage)}

    def read(
        self, text: bytes, *, dataset: DatasetSpec, language: str | None = None, model: str | None = None,
        column: str | None = None,
    ) -> ImportedRules:  # fmt: skip
        """The rules of a file as checks of a dataset, and a note on everything that becomes no check.

        Args:
            text: the file's bytes.
            dataset: whose columns the rules are for; it is not changed.
            language: a name from ``titles``; without it the content says which.
            model: which of several models, resources or definitions of the file is meant.
            column: a JSON Schema speaks of the JSON texts in this column, and not of the rows.

        Raises:
            SpecError: the file cannot be read, its language is not known, or several models could be meant.
        """
        from hestia_assets.domains.interchange.documents import parse_document  # YAML takes a while to be imported

        document = parse_document(text)
        name = language or self._language(document)
        found = Found(dataset, self.rules)
        self.languages.get(name).read(document, Wanted(dataset, model, column), found)
        return self._that_run(found.result(name), dataset)

    def merged(self, dataset: DatasetSpec, checks: Sequence[CheckSpec]) -> DatasetSpec:
        """The dataset with these checks behind its own; one that it has already, however severe, is not doubled."""
        known = {check.name: check for check in dataset.checks}
        said = [(check.rule, check.columns, check.params) for check in dataset.checks]
        for check in checks:
            if (check.rule, check.columns, check.params) not in said:
                fresh = replace_label(check, free_label(check, known))
                known[fresh.name] = fresh
        return dataset.model_copy(update={"checks": tuple(known.values())})

    def write(self, dataset: DatasetSpec, *, language: str) -> WrittenRules:
        """A dataset's columns and rules as a file of another tool.

        Raises:
            SpecError: the language is not known, or can only be read.
        """
        found = self.languages.get(language)
        if not isinstance(found, WritableLanguage):
            known = ", ".join(self.written())
            raise SpecError(f"Rules are read from {found.title}, but not written to it.", hint=f"Use one of: {known}.")
        document, notes = found.write(dataset)
        text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
        return WrittenRules(f"{text}\n".encode(), f"{dataset.name}{found.suffix}", notes)

    def _language(self, document: object) -> str:
        for name in self.languages.names():
            if self.languages.get(name).recognises(document):
                return name
        known = ", ".join(self.titles().values())
        raise SpecError(
            "The file does not say in which language its rules are.",
            hint=f"Name the language; these are read: {known}.",
        )

    def _that_run(self, result: ImportedRules, dataset: DatasetSpec) -> ImportedRules:
        """Only checks that can run on the dataset's columns: a check that cannot would stop every import."""
        dropped = {check.name: why for check in result.checks if (why := self._unrun(check, dataset))}
        return without(result, dropped) if dropped else result

    def _unrun(self, check: CheckSpec, dataset: DatasetSpec) -> str:
        """Why a check cannot run; tried on one row without values."""
        columns = dataset.recipe.columns
        place = {"_row": pl.Series([1], dtype=pl.Int64), "_line": pl.Series([1], dtype=pl.Int64)}
        empty = {column.name: pl.Series([None], dtype=pl.String) for column in columns}
        validator = self.validator.on(Occasion(dataset.tenant, self.clock()))
        try:
            if validator.scope(check) is Scope.SET:
                schema = validator.schema(columns)
                rows = pl.DataFrame(place | {name: pl.Series([None], dtype=kind) for name, kind in schema.items()})
                validator.judge_set(rows.lazy(), None, [check])
            else:
                validator.judge(pl.DataFrame(empty | place), columns, [check])
        except SpecError as error:
            return f"{error.message} {error.hint}"
        return ""
