"""The interface for programs: `/api/v1`, on the same gate and services as the pages."""
