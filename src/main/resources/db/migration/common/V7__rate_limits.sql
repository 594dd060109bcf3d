-- null: what the configuration says.
alter table api_keys add column requests_per_second integer;
alter table api_keys add column burst integer;
