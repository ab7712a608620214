"""Programs read risks with their grounds, and work with questionnaires, findings and reports."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.api.conftest import Program, program_of
from tests.factories import Tenant
from tests.risk_maps import CocoaMap
