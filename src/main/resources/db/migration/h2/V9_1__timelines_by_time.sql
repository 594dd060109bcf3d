create index payment_timelines_by_time on payment_timelines (opened_at);
