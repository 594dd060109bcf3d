package io.quittance.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What must be true of a database after payments of which some failed ({@link Storm}): each that
 * was acknowledged is there, none is there twice or half, and the books are right.
 */
final class StormCheck {

  /** Past {@code resolves_by} of whatever was still open. */
  private static final long SETTLING_MS = 8_000;

  private final Connection connection;
  private final List<String> faults = new ArrayList<>();

  private StormCheck(Connection connection) {
    this.connection = connection;
  }

  /**
   * Returns what is wrong; nothing, if all is well.
   *
   * @param acknowledged ids of all payments that were answered 201
   */
  static List<String> run(Connection connection, Set<String> acknowledged)
      throws SQLException, InterruptedException {
    Thread.sleep(SETTLING_MS);
    var check = new StormCheck(connection);
    check.books();
    check.acknowledged(acknowledged);
    return check.faults;
  }

  private void books() throws SQLException {
    expectNone("unbalanced", "select coalesce(sum(posted), 0) from accounts");
    expectNone("still held", "select count(*) from accounts where pending_out <> 0");
    expectNone("still processing", "select count(*) from payments where status = 'processing'");
    expectNone(
        "payments with another number of posted transfers than one",
        """
        select count(*) from payments p where p.status = 'succeeded' and 1 <> (
          select count(*) from transfers t where t.merchant_id = p.merchant_id
             and t.id = p.hold_id and t.state = 'posted' and t.amount = p.amount)
        """);
    expectNone(
        "keys that stand for several payments",
        "select count(*) - count(distinct object_id) from idempotency_keys where object_id is not null");
  }

  private void acknowledged(Set<String> acknowledged) throws SQLException {
    Set<String> lost = new HashSet<>(acknowledged);
    lost.removeAll(succeeded());
    if (!lost.isEmpty()) {
      faults.add(lost.size() + " acknowledged payments are not there");
    }
  }

  private Set<String> succeeded() throws SQLException {
    var ids = new HashSet<String>();
    try (Statement statement = connection.createStatement();
        ResultSet rs =
            statement.executeQuery("select id from payments where status = 'succeeded'")) {
      while (rs.next()) {
        ids.add(TypeIds.payment(rs.getObject(1, UUID.class)));
      }
    }
    return ids;
  }

  private void expectNone(String what, String sql) throws SQLException {
    long found = Database.number(connection, sql);
    if (found != 0) {
      faults.add("%s: %d".formatted(what, found));
    }
  }
}
