"""Splink on DuckDB with rules after ours, trained on the list itself without labels."""

from collections.abc import Sequence

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from supply_chain.matching.normalise import address_forms, name_forms
from supply_chain.matching.records import Record

LEAST = 0.02


def scores(records: Sequence[Record]) -> dict[tuple[str, str], float]:
    """Probability of each pair that its blocking rules let through, ids in order."""
    names = [name_forms(record.name) for record in records]
    addresses = [address_forms(record.address) for record in records]
    table = pd.DataFrame(
        {
            "unique_id": [record.id for record in records],
            "name": [form.text for form in names],
            "squeezed": [form.squeezed for form in names],
            "start": [form.squeezed[:6] for form in names],
            "first": [form.words[0] if form.words else None for form in names],
            "address": [form.text or None for form in addresses],
            "street": [form.squeezed[:14] or None for form in addresses],
            "country": [record.country for record in records],
            "latitude": [record.latitude for record in records],
            "longitude": [record.longitude for record in records],
        }
    )
    table["north"] = (table["latitude"] * 200).round()
    table["east"] = (table["longitude"] * 200).round()
    blocks = [
        block_on("squeezed"),
        block_on("start", "country"),
        block_on("first", "country"),
        block_on("street"),
        block_on("north", "east"),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=blocks,
        comparisons=[
            cl.JaroWinklerAtThresholds("squeezed", [0.97, 0.92, 0.85]),
            cl.JaroWinklerAtThresholds("address", [0.97, 0.92, 0.8]),
            cl.ExactMatch("country"),
            cl.DistanceInKMAtThresholds("latitude", "longitude", [0.5, 2, 20]),
        ],
    )
    linker = Linker(DuckDBAPI().register(table), settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("squeezed", "street")], recall=0.4
    )
    training.estimate_u_using_random_sampling(max_pairs=1_000_000)
    training.estimate_parameters_using_expectation_maximisation(block_on("squeezed"))
    training.estimate_parameters_using_expectation_maximisation(block_on("street"))
    found = linker.inference.predict(threshold_match_probability=LEAST).as_pandas_dataframe()
    pairs = zip(found["unique_id_l"], found["unique_id_r"], strict=True)
    ordered = [(min(pair), max(pair)) for pair in pairs]
    return dict(zip(ordered, found["match_probability"].tolist(), strict=True))
