"""Addresses of the pages of the value chain."""

from flask import Flask

from ddplatform.value_chain.blueprints.matching import bp as matching
from ddplatform.value_chain.blueprints.value_chain import bp as value_chain
from ddplatform.value_chain.bulk_changes import routes as value_chain_bulk
from ddplatform.value_chain.changes import routes as value_chain_changes
from ddplatform.value_chain.countries.routes import matrix as value_chain_matrix
from ddplatform.value_chain.countries.routes import sites as value_chain_site
from ddplatform.value_chain.countries.routes import world as value_chain_world
from ddplatform.value_chain.filters import routes as value_chain_filter
from ddplatform.value_chain.import_corrections import routes as value_chain_import_corrections
from ddplatform.value_chain.imports import routes as value_chain_import
from ddplatform.value_chain.mapping.routes import links as value_chain_link
from ddplatform.value_chain.mapping.routes import maps as value_chain_routes
from ddplatform.value_chain.mapping.routes import nodes as value_chain_node
from ddplatform.value_chain.matching.routes import pair as matching_pair
from ddplatform.value_chain.matching.routes import pairs as matching_routes
from ddplatform.value_chain.merging.routes import many as matching_many
from ddplatform.value_chain.merging.routes import merges as matching_merge
from ddplatform.value_chain.node_page import routes as value_chain_node_page
from ddplatform.value_chain.past_map import routes as value_chain_past
from ddplatform.value_chain.pictures.routes import around as value_chain_around
from ddplatform.value_chain.pictures.routes import maps as value_chain_map
from ddplatform.value_chain.saved_views import routes as value_chain_view
from ddplatform.value_chain.screening.routes import bp as screening
from ddplatform.value_chain.view_files import routes as value_chain_export


def register(app: Flask) -> None:
    """Add these pages to the application."""
    app.register_blueprint(screening, url_prefix="/o/<organisation>/screening")
    app.register_blueprint(matching, url_prefix="/o/<organisation>/matching")
    app.register_blueprint(value_chain, url_prefix="/o/<organisation>/value-chain")
