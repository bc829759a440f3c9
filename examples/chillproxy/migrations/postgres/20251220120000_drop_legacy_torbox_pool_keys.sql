-- No server older than June is left, and torbox_pool has had every key since then.

-- +gander irreversible: the labels in torbox_pool_keys are gone for good; the keys themselves are in torbox_pool
-- +goose Up
DROP TABLE torbox_pool_keys;
DROP FUNCTION follow_torbox_pool_keys();
