package io.quittance.payment.model;

import io.quittance.database.Instants;
import io.quittance.database.UnreadableRows;
import io.quittance.web.LogFields;
import io.quittance.web.Problem;
import io.quittance.web.TypeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads payments outside the journal. Thread-safe. */
@Component
public final class PaymentQueries {

  /** The position of a payment among those whose time is over. */
  public record Position(OffsetDateTime since, UUID id) {

    public static final Position FIRST =
        new Position(Instant.EPOCH.atOffset(ZoneOffset.UTC), new UUID(0, 0));
  }

  /**
   * A payment whose time is over.
   *
   * @param late how long its time has been over, by the database's clock
   * @param readable the payment; null: the row cannot be read
   */
  public record Due(UUID merchantId, Position position, Duration late, @Nullable Payment readable) {

    /**
     * The payment to end.
     *
     * @throws IllegalStateException the row cannot be read
     */
    public Payment payment() {
      if (readable == null) {
        throw new IllegalStateException("payment " + position.id() + " cannot be read");
      }
      return readable;
    }
  }

  private static final Logger log = LoggerFactory.getLogger(PaymentQueries.class);

  private final JdbcClient jdbc;
  private final UnreadableRows unreadable = new UnreadableRows(log, "Payments stay open");

  PaymentQueries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public Optional<Payment> find(UUID merchantId, UUID id) {
    return jdbc.sql(
            "select "
                + PaymentRows.SEEN_COLUMNS
                + " from payments where merchant_id = ? and id = ?")
        .param(merchantId)
        .param(id)
        .query((rs, row) -> PaymentRows.seen(rs))
        .optional();
  }

  /**
   * Parses the id of a request's payment, and adds it to the log fields; 404 if it is malformed.
   */
  public static UUID id(String typeId) {
    UUID id = TypeId.require("pay", typeId);
    LogFields.payment(id);
    return id;
  }

  /** The merchant's payment of this TypeID; 404 if it is malformed, or there is none. */
  public Payment require(UUID merchantId, String id) {
    return find(merchantId, id(id)).orElseThrow(() -> Problem.notFound("payment"));
  }

  /**
   * The next payments that are processing after their {@code resolves_by}, by the database's clock.
   * Rows that cannot be read are included, so that a search can go on after them.
   *
   * @param without merchants whose payments are left out
   */
  public List<Due> stranded(Position after, int limit, Set<UUID> without) {
    return due("resolves_by", "status = 'processing'", after, limit, without);
  }

  /** As {@link #stranded}, for payments whose hold has expired. */
  public List<Due> overdue(Position after, int limit, Set<UUID> without) {
    return due("expires_at", "status in ('authorized', 'in_review')", after, limit, without);
  }

  private List<Due> due(
      String column, String condition, Position after, int limit, Set<UUID> without) {
    UnreadableRows.Pass pass = unreadable.pass();
    List<Due> found =
        jdbc.sql(
                "select %s from payments where %s and %s < current_timestamp"
                        .formatted(PaymentRows.SEEN_COLUMNS, condition, column)
                    + " and (%s, id) > (:since, :id)".formatted(column)
                    + (without.isEmpty() ? "" : " and merchant_id not in (:without)")
                    + " order by %s, id limit :limit".formatted(column))
            .param("since", after.since())
            .param("id", after.id())
            .param("without", without)
            .param("limit", limit)
            .query((rs, row) -> due(rs, column, pass))
            .list();
    pass.end();
    return found;
  }

  private static Due due(ResultSet rs, String column, UnreadableRows.Pass pass)
      throws SQLException {
    OffsetDateTime since = Objects.requireNonNull(rs.getObject(column, OffsetDateTime.class));
    UUID id = rs.getObject("id", UUID.class);
    return new Due(
        rs.getObject("merchant_id", UUID.class),
        new Position(since, id),
        Duration.between(since.toInstant(), Instants.read(rs, "seen_at")),
        pass.readOrNull(rs, (row, _) -> PaymentRows.read(row), TypeId.format("pay", id)));
  }
}
