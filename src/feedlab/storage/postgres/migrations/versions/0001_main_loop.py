"""The main loop: people, posts, interactions, recommendations, slates and the run ledger."""

from alembic import op

revision = "0001"
down_revision = None

_UP = """
CREATE TABLE users (
    id uuid PRIMARY KEY,
    username text NOT NULL UNIQUE,
    display_name text NOT NULL,
    bio text NOT NULL DEFAULT '',
    email text NOT NULL UNIQUE,
    avatar_url text NOT NULL DEFAULT '',
    archetype text,
    role text NOT NULL DEFAULT 'person' CHECK (role IN ('person', 'test', 'operator', 'bot')),
    password_hash text,
    experiment_group varchar(20) NOT NULL DEFAULT 'control' CHECK (experiment_group IN ('control', 'treatment')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE interest_subjects (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    label text NOT NULL,
    emoji text NOT NULL,
    color text NOT NULL
);

CREATE TABLE user_interests (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    interest_id uuid NOT NULL REFERENCES interest_subjects (id) ON DELETE CASCADE,
    position smallint NOT NULL,
    strength double precision NOT NULL,
    PRIMARY KEY (user_id, interest_id)
);
CREATE INDEX idx_user_interests_interest_id ON user_interests (interest_id);

CREATE TABLE posts (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    content text NOT NULL,
    content_hash bigint GENERATED ALWAYS AS (hashtextextended(content, 0)) STORED,
    media_urls text[] NOT NULL DEFAULT '{}',
    topic text,
    tags text[] NOT NULL DEFAULT '{}',
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_posts_created_at ON posts (created_at DESC, id);
CREATE INDEX idx_posts_user_id ON posts (user_id);

CREATE TABLE user_interactions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    post_id uuid NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    interaction_type varchar(20) NOT NULL
        CHECK (interaction_type IN ('view', 'click', 'like', 'share', 'comment')),
    created_at timestamptz NOT NULL DEFAULT now(),
    metadata jsonb
);
CREATE INDEX idx_user_interactions_user_id ON user_interactions (user_id);
CREATE INDEX idx_user_interactions_post_id ON user_interactions (post_id);
CREATE INDEX idx_user_interactions_created_at ON user_interactions (created_at);

CREATE TABLE user_recommendations (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    post_id uuid NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    score double precision NOT NULL,
    generated_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    UNIQUE (user_id, post_id)
);
CREATE INDEX idx_user_recommendations_user_id ON user_recommendations (user_id);
CREATE INDEX idx_user_recommendations_score ON user_recommendations (score);
CREATE INDEX idx_user_recommendations_expires_at ON user_recommendations (expires_at);

-- A slate is what one opening of a feed ranked; its pages are read from here.
CREATE TABLE feed_slates (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source text NOT NULL CHECK (source IN ('random', 'cache', 'db', 'fallback')),
    post_ids uuid[] NOT NULL,
    lab_time timestamptz NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX idx_feed_slates_user_id ON feed_slates (user_id, opened_at DESC);

-- Sessions that were logged out before they expired.
CREATE TABLE revoked_sessions (
    session_id uuid PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

-- The run ledger: what was seeded, how far it came, what each shard holds.
CREATE TABLE seed_runs (
    run_key text PRIMARY KEY,
    run_seed text NOT NULL,
    spec jsonb NOT NULL,
    phase text NOT NULL CHECK (phase IN ('copying', 'indexing', 'complete')),
    deferred text[] NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz
);
CREATE TABLE seed_shards (
    run_key text NOT NULL REFERENCES seed_runs (run_key) ON DELETE CASCADE,
    shard integer NOT NULL,
    table_name text NOT NULL,
    row_count bigint NOT NULL,
    checksum text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run_key, shard, table_name)
);
"""

_TABLES = (
    "seed_shards, seed_runs, revoked_sessions, feed_slates, user_recommendations, user_interactions, "
    "posts, user_interests, interest_subjects, users"
)


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(f"DROP TABLE {_TABLES}")
