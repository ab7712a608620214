"""The map, its table, its nodes and links, lists in and files out."""

from ddplatform.web.value_chain import (
    around_routes,
    bulk_routes,
    changes_routes,
    export_routes,
    filter_routes,
    import_mending,
    import_routes,
    link_routes,
    map_routes,
    matrix_routes,
    node_routes,
    past_routes,
    past_waiting,
    routes,
    site_routes,
    view_routes,
    world_routes,
)
from ddplatform.web.value_chain.blueprint import bp

__all__ = [
    "around_routes",
    "bp",
    "bulk_routes",
    "changes_routes",
    "export_routes",
    "filter_routes",
    "import_mending",
    "import_routes",
    "link_routes",
    "map_routes",
    "matrix_routes",
    "node_routes",
    "past_routes",
    "past_waiting",
    "routes",
    "site_routes",
    "view_routes",
    "world_routes",
]
