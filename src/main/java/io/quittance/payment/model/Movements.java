package io.quittance.payment.model;

import io.quittance.journal.Batch;
import io.quittance.journal.Table;
import io.quittance.journal.Writes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/** The captures and refunds of one batch. Confined to the journal's thread. */
public final class Movements implements Table {

  private static final String INSERT_CAPTURES =
      """
      insert into captures (merchant_id, id, payment_id, transfer_id, amount, granted_ms, used_ms,
                            created_at, is_final)
      select * from unnest(
        cast(? as uuid array), cast(? as uuid array), cast(? as uuid array),
        cast(? as uuid array), cast(? as bigint array), cast(? as integer array),
        cast(? as integer array), cast(? as timestamp with time zone array),
        cast(? as boolean array))
      """;

  private static final String INSERT_REFUNDS =
      """
      insert into refunds (merchant_id, id, payment_id, transfer_id, amount, granted_ms, used_ms,
                           created_at, reason)
      select * from unnest(
        cast(? as uuid array), cast(? as uuid array), cast(? as uuid array),
        cast(? as uuid array), cast(? as bigint array), cast(? as integer array),
        cast(? as integer array), cast(? as timestamp with time zone array),
        cast(? as varchar array))
      """;

  @Component
  @Order(35)
  static final class Factory implements Table.Factory {
    @Override
    public Table open(Batch batch) {
      return new Movements();
    }
  }

  private final List<Captured> captures = new ArrayList<>();
  private final List<Refunded> refunds = new ArrayList<>();

  private Movements() {}

  public void add(Captured captured) {
    captures.add(captured);
  }

  public void add(Refunded refunded) {
    refunds.add(refunded);
  }

  public List<Refunded> refunds() {
    return refunds;
  }

  @Override
  public void load(JdbcOperations jdbc) {
    // Movements are only ever added.
  }

  @Override
  public void flush(Writes writes, Instant now) {
    movement(writes.add(INSERT_CAPTURES, captures), Captured::movement)
        .column("boolean", Captured::last);
    movement(writes.add(INSERT_REFUNDS, refunds), Refunded::movement)
        .column("varchar", Refunded::reason);
  }

  private static <R> Writes.Rows<R> movement(Writes.Rows<R> rows, Function<R, Movement> of) {
    return rows.column("uuid", row -> of.apply(row).merchantId())
        .column("uuid", row -> of.apply(row).id())
        .column("uuid", row -> of.apply(row).paymentId())
        .column("uuid", row -> of.apply(row).transferId())
        .column("bigint", row -> of.apply(row).money().amount())
        .column("integer", row -> of.apply(row).grantedMs())
        .column("integer", row -> of.apply(row).usedMs())
        .column("varchar", row -> of.apply(row).createdAt().toString());
  }
}
