"""The metadata database: SQLAlchemy models, Alembic migrations, one file per port."""
