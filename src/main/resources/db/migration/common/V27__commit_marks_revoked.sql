-- Whoever asks for the fate of a commit adds its row, so that it cannot be carried out any more. Such a row says so, for the
-- answer to that insert may be lost, too, and then the row must not be taken for the commit's own.
alter table analytics_commits add column revoked boolean default false not null;
