"""Scores of nomenklatura's matcher logic-v2, with its default settings."""

from collections.abc import Sequence

import numpy as np
from followthemoney import model
from followthemoney.proxy import EntityProxy
from nomenklatura.matching import get_algorithm

from benchmarks.labelled_pairs import Labelled
from supply_chain.matching.grams import Floats
from supply_chain.matching.records import Record

ALGORITHM = get_algorithm("logic-v2")


def scores(pairs: Sequence[Labelled]) -> Floats:
    """One score a pair; coordinates have no place in its model of a company."""
    config = ALGORITHM.default_config()
    return np.array(
        [ALGORITHM.compare(_entity(p.left), _entity(p.right), config).score for p in pairs]
    )


def _entity(record: Record) -> EntityProxy:
    address = ", ".join(filter(None, (record.address, record.city, record.region)))
    told = {
        "name": [record.name],
        "address": [address] if address else [],
        "country": [record.country.lower()] if record.country else [],
    }
    return model.get_proxy({"id": record.id, "schema": "Company", "properties": told})
