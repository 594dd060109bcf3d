package io.quittance.analytics.query;

/** The statements that read a merchant's panes. */
final class PaneSql {

  private static final String SELECT =
      """
      select metric, cast(extract(epoch from starts_at) as bigint) as starts, labels, occurrences,
             amount, %s as sketch
        from analytics_panes
       where merchant_id = ? and metric = any(?) and step = ? and starts_at >= ? and starts_at < ?
      """;

  static final String SUMS = SELECT.formatted("null");
  static final String SKETCHES = SELECT.formatted("sketch");

  /** Adds up all panes of each set of labels. */
  static final String TOTALS =
      """
      select metric, cast(? as bigint) as starts, labels, sum(occurrences) as occurrences,
             sum(amount) as amount
        from analytics_panes
       where merchant_id = ? and metric = ? and step = ? and starts_at >= ? and starts_at < ?
       group by metric, labels
      """;

  /**
   * In the order of the primary key, so that nothing is held in memory; with {@link #BY_INDEX},
   * nothing is sorted either.
   */
  static final String IN_ORDER =
      """
      select cast(extract(epoch from starts_at) as bigint) as starts, labels, occurrences, %s, %s
        from analytics_panes
       where merchant_id = ? and metric = ? and step = ? and starts_at >= ? and starts_at < ?
       order by starts_at
      """;

  /**
   * For the rest of the transaction. Otherwise PostgreSQL reads tens of thousands of panes in the
   * order of the table and sorts them on disk, which takes twice as long.
   */
  static final String BY_INDEX =
      "set local enable_sort = off; set local max_parallel_workers_per_gather = 0";

  private PaneSql() {}
}
