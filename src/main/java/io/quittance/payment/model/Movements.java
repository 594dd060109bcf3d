package io.quittance.payment.model;

import io.quittance.journal.Table;
import io.quittance.journal.TableColumns;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** The new captures and refunds of one journal transaction. Confined to the journal's thread. */
public final class Movements implements Table {

  private static final TableColumns<Captured> CAPTURES =
      of("captures", Captured::movement).fixed("is_final", "boolean", Captured::last).build();

  private static final TableColumns<Refunded> REFUNDS =
      of("refunds", Refunded::movement).fixed("reason", "varchar", Refunded::reason).build();

  /** The columns that both have. */
  private static <R> TableColumns.Builder<R> of(String table, Function<R, Movement> movement) {
    return TableColumns.<R>of(table)
        .key("merchant_id", "uuid", row -> movement.apply(row).merchantId())
        .key("id", "uuid", row -> movement.apply(row).id())
        .fixed("payment_id", "uuid", row -> movement.apply(row).paymentId())
        .fixed("transfer_id", "uuid", row -> movement.apply(row).transferId())
        .fixed("amount", "bigint", row -> movement.apply(row).money().amount())
        .fixed("granted_ms", "integer", row -> movement.apply(row).grantedMs())
        .fixed("used_ms", "integer", row -> movement.apply(row).usedMs())
        .fixed("created_at", "timestamp", row -> movement.apply(row).createdAt());
  }

  @Component
  @Order(35)
  static final class Factory implements Table.Factory {
    @Override
    public Table open(UnitOfWork unit) {
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
  public void flush(Writes writes, Instant now) {
    writes.insert(CAPTURES, captures);
    writes.insert(REFUNDS, refunds);
  }
}
